-- Placeholders as in V001.

CREATE TABLE factors (
  id ${uuid} NOT NULL,
  user_id ${uuid} NOT NULL,
  kind VARCHAR(16) NOT NULL, -- TOTP or YUBIKEY
  factor_name VARCHAR(160) NOT NULL,
  secret ${bytes}, -- of a TOTP token; sealed for this row
  public_id VARCHAR(16) ${exact}, -- of a YubiKey
  last_step BIGINT NOT NULL, -- the newest time step a TOTP code was accepted of
  added_at ${instant} NOT NULL,
  confirmed_at ${instant}, -- none: its first code is still to come, and it counts for nothing
  last_used_at ${instant},
  PRIMARY KEY (id),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE INDEX factors_of ON factors (user_id);
CREATE UNIQUE INDEX factors_yubikey ON factors (user_id, public_id);

CREATE TABLE recovery_codes (
  user_id ${uuid} NOT NULL,
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  used_at ${instant},
  PRIMARY KEY (user_id, fingerprint),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};

CREATE TABLE spent_otps ( -- what YubiKeys have said, each good once whatever a server says of it
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  spent_at ${instant} NOT NULL,
  PRIMARY KEY (fingerprint)
) ${table};
CREATE INDEX spent_otps_old ON spent_otps (spent_at);

CREATE TABLE pending_sign_ins ( -- the first factor was right, the second is still to come
  fingerprint VARCHAR(64) ${exact} NOT NULL,
  user_id ${uuid} NOT NULL,
  way VARCHAR(16) NOT NULL, -- PASSWORD or LINKED_ACCOUNT
  expires_at ${instant} NOT NULL,
  PRIMARY KEY (fingerprint),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE INDEX pending_sign_ins_of ON pending_sign_ins (user_id);
CREATE INDEX pending_sign_ins_ending ON pending_sign_ins (expires_at);

CREATE TABLE linked_identities (
  id ${uuid} NOT NULL,
  user_id ${uuid} NOT NULL,
  provider VARCHAR(32) ${exact} NOT NULL, -- its key in the settings
  identity_key VARCHAR(64) ${exact} NOT NULL, -- SHA-256 of issuer and subject
  linked_at ${instant} NOT NULL,
  last_used_at ${instant},
  PRIMARY KEY (id),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};
CREATE UNIQUE INDEX linked_identities_key ON linked_identities (identity_key);
CREATE INDEX linked_identities_of ON linked_identities (user_id);

CREATE TABLE authorization_requests ( -- somebody was sent to a provider and is to come back
  state_fingerprint VARCHAR(64) ${exact} NOT NULL,
  browser_fingerprint VARCHAR(64) ${exact} NOT NULL,
  provider VARCHAR(32) ${exact} NOT NULL,
  purpose VARCHAR(16) NOT NULL, -- SIGN_IN, LINK or STEP_UP
  session_id ${uuid}, -- whose session it is for; none for signing in
  words ${bytes} NOT NULL, -- nonce, PKCE verifier, and where to go on; sealed for this row
  expires_at ${instant} NOT NULL,
  used_at ${instant},
  PRIMARY KEY (state_fingerprint)
) ${table};
CREATE INDEX authorization_requests_end ON authorization_requests (expires_at);

CREATE TABLE freezes (
  user_id ${uuid} NOT NULL,
  since ${instant} NOT NULL,
  PRIMARY KEY (user_id),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ${table};

ALTER TABLE accounts ADD COLUMN factor_required BOOLEAN DEFAULT FALSE NOT NULL;
ALTER TABLE passwords ADD COLUMN is_short BOOLEAN DEFAULT FALSE NOT NULL;

-- Each account's, or else each user's, acts are a chain: every link's hash covers the one before.
ALTER TABLE activity ADD COLUMN chain_id ${uuid}; -- none: written before there were chains
ALTER TABLE activity ADD COLUMN seq BIGINT; -- from 1 on, without a gap
ALTER TABLE activity ADD COLUMN hash VARCHAR(64);
CREATE UNIQUE INDEX activity_chain ON activity (chain_id, seq);

CREATE TABLE activity_heads (
  chain_id ${uuid} NOT NULL,
  seq BIGINT NOT NULL, -- of the newest link; 0 before the first
  hash VARCHAR(64) NOT NULL,
  seal ${bytes}, -- seq and hash, sealed for this row: who has no key cannot shorten the chain
  PRIMARY KEY (chain_id)
) ${table};
