-- One text for all databases. Placeholders: ${instant} UTC without a zone, to the millisecond;
-- ${uuid}, ${bytes}; ${exact} follows a text column that is compared byte by byte, by no collation;
-- ${table} follows a table, which can hold any Unicode text.

CREATE TABLE users (
  id ${uuid} NOT NULL,
  first_name VARCHAR(160) NOT NULL,
  last_name VARCHAR(160) NOT NULL,
  email VARCHAR(254) ${exact} NOT NULL,
  language VARCHAR(8) NOT NULL,
  time_zone VARCHAR(64) NOT NULL,
  confirmed_at ${instant},
  disabled_at ${instant},
  PRIMARY KEY (id)
) ${table};

CREATE TABLE user_addresses (
  address VARCHAR(254) ${exact} NOT NULL,
  user_id ${uuid} NOT NULL,
  kept_until ${instant}, -- none: the user's current address
  PRIMARY KEY (address),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE INDEX user_addresses_of ON user_addresses (user_id);

CREATE TABLE accounts (
  id ${uuid} NOT NULL,
  account_number VARCHAR(16) ${exact} NOT NULL,
  holder_id ${uuid} NOT NULL,
  first_name VARCHAR(160) NOT NULL,
  last_name VARCHAR(160) NOT NULL,
  company VARCHAR(240) NOT NULL,
  email VARCHAR(254) ${exact} NOT NULL,
  email_confirmed BOOLEAN NOT NULL,
  phone VARCHAR(64) NOT NULL,
  tax_id VARCHAR(64) NOT NULL,
  language VARCHAR(8) NOT NULL,
  line1 VARCHAR(240) NOT NULL,
  line2 VARCHAR(240) NOT NULL,
  city VARCHAR(160) NOT NULL,
  region VARCHAR(160) NOT NULL,
  postcode VARCHAR(32) NOT NULL,
  country VARCHAR(2) NOT NULL,
  categories VARCHAR(255) NOT NULL,
  billed_contact_id ${uuid},
  opened_at ${instant} NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY (holder_id) REFERENCES users (id)
) ${table};
CREATE UNIQUE INDEX accounts_number ON accounts (account_number);
CREATE INDEX accounts_held ON accounts (holder_id, opened_at);

CREATE TABLE invoice_parties (
  account_id ${uuid} NOT NULL,
  since ${instant} NOT NULL,
  party_name VARCHAR(340) NOT NULL,
  company VARCHAR(240) NOT NULL,
  tax_id VARCHAR(64) NOT NULL,
  email VARCHAR(254) ${exact} NOT NULL,
  line1 VARCHAR(240) NOT NULL,
  line2 VARCHAR(240) NOT NULL,
  city VARCHAR(160) NOT NULL,
  region VARCHAR(160) NOT NULL,
  postcode VARCHAR(32) NOT NULL,
  country VARCHAR(2) NOT NULL,
  PRIMARY KEY (account_id, since),
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ${table};

CREATE TABLE contacts (
  id ${uuid} NOT NULL,
  account_id ${uuid} NOT NULL,
  contact_name VARCHAR(320) NOT NULL,
  email VARCHAR(254) ${exact} NOT NULL,
  company VARCHAR(240) NOT NULL,
  phone VARCHAR(64) NOT NULL,
  line1 VARCHAR(240),
  line2 VARCHAR(240),
  city VARCHAR(160),
  region VARCHAR(160),
  postcode VARCHAR(32),
  country VARCHAR(2),
  categories VARCHAR(255) NOT NULL,
  confirmed_at ${instant},
  added_no BIGINT NOT NULL, -- the order they are shown in
  PRIMARY KEY (id),
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ${table};
CREATE UNIQUE INDEX contacts_address ON contacts (account_id, email);

CREATE TABLE mailed_links (
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  purpose VARCHAR(32) NOT NULL,
  subject_id ${uuid} NOT NULL,
  address VARCHAR(254) ${exact} NOT NULL,
  version BIGINT NOT NULL,
  payload ${bytes},
  expires_at ${instant} NOT NULL,
  used_at ${instant}, -- used or withdrawn
  PRIMARY KEY (fingerprint)
) ${table};
CREATE INDEX mailed_links_about ON mailed_links (subject_id);
CREATE INDEX mailed_links_ending ON mailed_links (expires_at);

CREATE TABLE email_changes (
  id ${uuid} NOT NULL,
  target VARCHAR(8) NOT NULL,
  subject_id ${uuid} NOT NULL,
  from_address VARCHAR(254) ${exact} NOT NULL,
  to_address VARCHAR(254) ${exact} NOT NULL,
  state VARCHAR(16) NOT NULL,
  since ${instant} NOT NULL,
  PRIMARY KEY (id)
) ${table};
CREATE INDEX email_changes_of ON email_changes (subject_id, state);

CREATE TABLE notifications (
  id ${uuid} NOT NULL,
  scope VARCHAR(40) ${exact} NOT NULL, -- the account's id, or * for all accounts
  account_id ${uuid},
  category VARCHAR(32) NOT NULL,
  idempotency_key VARCHAR(200) ${exact} NOT NULL,
  message ${bytes} NOT NULL,
  at ${instant} NOT NULL,
  recipients INTEGER NOT NULL,
  reached_account_id ${uuid},
  accounts BIGINT NOT NULL,
  letters BIGINT NOT NULL,
  finished_at ${instant},
  PRIMARY KEY (id)
) ${table};
CREATE UNIQUE INDEX notifications_once ON notifications (scope, idempotency_key);
CREATE INDEX notifications_unfinished ON notifications (scope, finished_at);
CREATE INDEX notifications_old ON notifications (at);

CREATE TABLE letters (
  id ${uuid} NOT NULL,
  kind VARCHAR(32) NOT NULL,
  recipient VARCHAR(254) ${exact} NOT NULL,
  language VARCHAR(8) NOT NULL,
  words ${bytes}, -- none once the letter has left or was given up
  account_id ${uuid},
  contact_id ${uuid},
  notification_id ${uuid},
  posted_at ${instant} NOT NULL,
  expires_at ${instant},
  state VARCHAR(16) NOT NULL,
  attempts INTEGER NOT NULL,
  reply VARCHAR(1000) NOT NULL,
  at ${instant} NOT NULL,
  due_at ${instant}, -- none once the letter has left or was given up
  claim_id ${uuid},
  PRIMARY KEY (id)
) ${table};
CREATE INDEX letters_due ON letters (due_at);
CREATE INDEX letters_of ON letters (account_id, posted_at, id);
CREATE UNIQUE INDEX letters_once ON letters (notification_id, recipient);
CREATE INDEX letters_ended ON letters (at);

CREATE TABLE suppressions (
  address VARCHAR(254) ${exact} NOT NULL,
  reply VARCHAR(1000) NOT NULL,
  since ${instant} NOT NULL,
  PRIMARY KEY (address)
) ${table};

CREATE TABLE passwords (
  user_id ${uuid} NOT NULL,
  hash VARCHAR(500) ${exact} NOT NULL,
  version BIGINT NOT NULL,
  changed_at ${instant} NOT NULL,
  PRIMARY KEY (user_id),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};

CREATE TABLE devices (
  user_id ${uuid} NOT NULL,
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  first_seen ${instant} NOT NULL,
  last_seen ${instant} NOT NULL,
  PRIMARY KEY (user_id, fingerprint),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE INDEX devices_old ON devices (last_seen);

CREATE TABLE sessions (
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  id ${uuid} NOT NULL,
  user_id ${uuid} NOT NULL,
  origin_address VARCHAR(45) NOT NULL,
  origin_device VARCHAR(120) NOT NULL,
  created_at ${instant} NOT NULL,
  last_used_at ${instant} NOT NULL,
  proved_at ${instant} NOT NULL,
  PRIMARY KEY (fingerprint),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_of ON sessions (user_id);
CREATE INDEX sessions_old ON sessions (last_used_at);

CREATE TABLE guesses (
  subject VARCHAR(120) ${exact} NOT NULL,
  failures INTEGER NOT NULL,
  blocked_until ${instant} NOT NULL,
  PRIMARY KEY (subject)
) ${table};

CREATE TABLE rates (
  subject VARCHAR(320) ${exact} NOT NULL,
  arrival ${instant} NOT NULL, -- when the next one would be just in time
  PRIMARY KEY (subject)
) ${table};
CREATE INDEX rates_old ON rates (arrival);

CREATE TABLE activity (
  id ${uuid} NOT NULL,
  what VARCHAR(32) NOT NULL,
  account_id ${uuid},
  user_id ${uuid},
  at ${instant} NOT NULL,
  origin_address VARCHAR(45),
  origin_device VARCHAR(120),
  details VARCHAR(4000) NOT NULL,
  PRIMARY KEY (id)
) ${table};
CREATE INDEX activity_of ON activity (user_id, at);
CREATE INDEX activity_on ON activity (account_id, at);

CREATE TABLE service_keys (
  id ${uuid} NOT NULL,
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  key_name VARCHAR(160) NOT NULL,
  created_at ${instant} NOT NULL,
  last_used_at ${instant},
  PRIMARY KEY (id)
) ${table};
CREATE UNIQUE INDEX service_keys_secret ON service_keys (fingerprint);

CREATE TABLE errands (
  id ${uuid} NOT NULL,
  kind VARCHAR(32) NOT NULL,
  words ${bytes} NOT NULL,
  asked_at ${instant} NOT NULL,
  PRIMARY KEY (id)
) ${table};
CREATE INDEX errands_oldest ON errands (asked_at);
