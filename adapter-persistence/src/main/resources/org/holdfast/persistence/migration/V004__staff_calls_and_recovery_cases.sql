-- Placeholders as in V001.

CREATE TABLE staff ( -- the people of the company; never users
  id ${uuid} NOT NULL,
  staff_name VARCHAR(160) NOT NULL,
  email VARCHAR(254) ${exact} NOT NULL,
  language VARCHAR(8) NOT NULL,
  staff_role VARCHAR(16) NOT NULL,
  role_since ${instant} NOT NULL,
  ready_at ${instant}, -- none: password and token are still to be set up
  disabled_at ${instant},
  version BIGINT NOT NULL, -- counts passwords and tokens
  hash VARCHAR(500) ${exact},
  token ${bytes}, -- its secret, sealed for this row
  last_step BIGINT NOT NULL, -- the newest time step a code was accepted of
  PRIMARY KEY (id)
) ${table};
CREATE UNIQUE INDEX staff_address ON staff (email);

CREATE TABLE staff_sessions (
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  id ${uuid} NOT NULL,
  staff_id ${uuid} NOT NULL,
  origin_address VARCHAR(45) NOT NULL,
  origin_device VARCHAR(120) NOT NULL,
  created_at ${instant} NOT NULL,
  last_used_at ${instant} NOT NULL,
  proved_at ${instant} NOT NULL,
  PRIMARY KEY (fingerprint),
  FOREIGN KEY (staff_id) REFERENCES staff (id)
) ${table};
CREATE UNIQUE INDEX staff_sessions_id ON staff_sessions (id);
CREATE INDEX staff_sessions_of ON staff_sessions (staff_id);
CREATE INDEX staff_sessions_old ON staff_sessions (last_used_at);
CREATE INDEX staff_sessions_long ON staff_sessions (created_at);

CREATE TABLE staff_log (
  id ${uuid} NOT NULL,
  staff_id ${uuid} NOT NULL,
  did VARCHAR(32) NOT NULL,
  account_id ${uuid},
  at ${instant} NOT NULL,
  origin_address VARCHAR(45) NOT NULL,
  origin_device VARCHAR(120) NOT NULL,
  details VARCHAR(4000) NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (staff_id) REFERENCES staff (id)
) ${table};
CREATE INDEX staff_log_of ON staff_log (staff_id, at, id);
CREATE INDEX staff_log_since ON staff_log (at, staff_id, did);

CREATE TABLE support_grants ( -- what a verified call opens
  id ${uuid} NOT NULL,
  staff_id ${uuid} NOT NULL,
  account_id ${uuid} NOT NULL,
  caller_id ${uuid} NOT NULL, -- the user who calls
  method VARCHAR(16) NOT NULL, -- SUPPORT_PIN, MAILED_CODE or NOTHING
  opened_at ${instant} NOT NULL,
  ended_at ${instant},
  PRIMARY KEY (id),
  FOREIGN KEY (staff_id) REFERENCES staff (id),
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (caller_id) REFERENCES users (id)
) ${table};
CREATE INDEX support_grants_of ON support_grants (staff_id, opened_at);
CREATE INDEX support_grants_about ON support_grants (caller_id, opened_at);
CREATE INDEX support_grants_old ON support_grants (opened_at);

CREATE TABLE support_grant_marks ( -- what was done under a grant at least once
  grant_id ${uuid} NOT NULL,
  act VARCHAR(32) ${exact} NOT NULL,
  PRIMARY KEY (grant_id, act),
  FOREIGN KEY (grant_id) REFERENCES support_grants (id)
) ${table};

CREATE TABLE mailed_codes ( -- each for one call
  id ${uuid} NOT NULL,
  staff_id ${uuid} NOT NULL,
  account_id ${uuid} NOT NULL,
  user_id ${uuid} NOT NULL,
  code ${bytes} NOT NULL, -- sealed for this row
  guesses INTEGER NOT NULL,
  expires_at ${instant} NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (staff_id) REFERENCES staff (id),
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE INDEX mailed_codes_of ON mailed_codes (user_id);
CREATE INDEX mailed_codes_ending ON mailed_codes (expires_at);

CREATE TABLE recovery_cases (
  id ${uuid} NOT NULL,
  account_id ${uuid} NOT NULL,
  user_id ${uuid} NOT NULL,
  kind VARCHAR(16) NOT NULL, -- LOST_MAILBOX or LOST_FACTOR
  new_address VARCHAR(254) ${exact}, -- for a lost mailbox
  address_proved_at ${instant},
  evidence VARCHAR(255) NOT NULL, -- names, with commas between them
  note ${bytes} NOT NULL, -- sealed for this row
  opened_by ${uuid} NOT NULL,
  opened_at ${instant} NOT NULL,
  state VARCHAR(16) NOT NULL,
  decided_by ${uuid},
  due_at ${instant}, -- none before it is approved
  PRIMARY KEY (id),
  FOREIGN KEY (account_id) REFERENCES accounts (id),
  FOREIGN KEY (user_id) REFERENCES users (id),
  FOREIGN KEY (opened_by) REFERENCES staff (id),
  FOREIGN KEY (decided_by) REFERENCES staff (id)
) ${table};
CREATE INDEX recovery_cases_of ON recovery_cases (user_id, state);
CREATE INDEX recovery_cases_on ON recovery_cases (account_id, opened_at, id);
CREATE INDEX recovery_cases_newest ON recovery_cases (opened_at, id);
CREATE INDEX recovery_cases_standing ON recovery_cases (state, opened_at, id);
CREATE INDEX recovery_cases_due ON recovery_cases (state, due_at);

ALTER TABLE support_pins ADD COLUMN guesses INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE support_pins ADD COLUMN guesses_since ${instant}; -- none: nobody has guessed yet

-- How names are searched for. None: written before there were keys, which the program fills in.
ALTER TABLE accounts ADD COLUMN name_key VARCHAR(200) ${exact};
ALTER TABLE accounts ADD COLUMN full_name_key VARCHAR(200) ${exact};
ALTER TABLE accounts ADD COLUMN company_key VARCHAR(200) ${exact};
CREATE INDEX accounts_named ON accounts (name_key);
CREATE INDEX accounts_named_in_full ON accounts (full_name_key);
CREATE INDEX accounts_company ON accounts (company_key);
CREATE INDEX accounts_address ON accounts (email);
