-- Placeholders as in V001.

CREATE TABLE support_pins ( -- one per person and account
  id ${uuid} NOT NULL,
  account_id ${uuid} NOT NULL,
  user_id ${uuid} NOT NULL,
  pin ${bytes} NOT NULL, -- sealed for this row
  made_at ${instant} NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE UNIQUE INDEX support_pins_of ON support_pins (account_id, user_id);

CREATE TABLE account_domains ( -- what the host says it runs for the account
  account_id ${uuid} NOT NULL,
  domain VARCHAR(253) ${exact} NOT NULL,
  PRIMARY KEY (account_id, domain),
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ${table};
CREATE INDEX account_domains_named ON account_domains (domain);
