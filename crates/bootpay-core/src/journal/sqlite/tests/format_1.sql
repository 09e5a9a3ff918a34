-- A journal of format 1, as the version before format 2 wrote it: seven intents, their tries, and what marks the file.
PRAGMA application_id=1112558129;
PRAGMA user_version=1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE intents (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    scope TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    intent_key TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 1),
    cancel_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('full', 'partial')),
    price INTEGER,
    tax_free INTEGER,
    expected_remaining INTEGER,
    to_account INTEGER NOT NULL CHECK (to_account IN (0, 1)),
    account_mark TEXT,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'sending', 'unknown', 'cancelled', 'already_cancelled', 'refused',
                                         'not_sent', 'not_cancelled')),
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    owner TEXT NOT NULL,
    lease_until_ms INTEGER NOT NULL,
    deadline_ms INTEGER,
    -- The ledger just before the request. `has_…` tells 'not asked' from 'asked, and every figure was missing'.
    has_before INTEGER NOT NULL CHECK (has_before IN (0, 1)),
    before_price INTEGER, before_remaining INTEGER, before_cancelled INTEGER, before_status INTEGER,
    -- What the last answer or lookup said.
    has_after INTEGER NOT NULL CHECK (has_after IN (0, 1)),
    after_price INTEGER, after_remaining INTEGER, after_cancelled INTEGER, after_status INTEGER,
    -- The journal's latest answered totals of the receipt at admission.
    has_last INTEGER NOT NULL CHECK (has_last IN (0, 1)),
    last_price INTEGER, last_remaining INTEGER, last_cancelled INTEGER, last_status INTEGER,
    answered_at_ms INTEGER,
    unknown_cause TEXT,
    evidence TEXT,
    money_is_back TEXT,
    cancellation TEXT,
    mismatches TEXT NOT NULL,
    refusal_kind TEXT, refusal_code TEXT, refusal_message TEXT,
    decided_by TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    UNIQUE (environment, scope, receipt_id, intent_key, generation),
    CHECK (CASE kind WHEN 'full' THEN price IS NULL AND tax_free IS NULL
                     ELSE price > 0 AND expected_remaining IS NULL END)
) STRICT;
INSERT INTO intents VALUES(1,'f3ab2a2da38933d13c1540433d5ec3a5','https://api.bootpay.co.kr','scope-a','settled','receipt',1,'bp-b0569fbe5160a943e827988fe09123d7','full',NULL,NULL,NULL,0,NULL,'cancelled',0,'me',1700000090000,1700000060000,1,10000,10000,0,1,1,10000,0,10000,1,0,NULL,NULL,NULL,NULL,1700000001000,NULL,'answered','yes','{"receipt_id":null,"request_cancel_price":null,"remain_price":0,"remain_tax_free":null,"cancelled_price":10000,"cancelled_tax_free":null,"revoked_at":null,"tid":null,"order_id":null,"cancel_id":null,"price":10000,"status":1}','[]',NULL,NULL,NULL,NULL,1700000000000,1700000001000);
INSERT INTO intents VALUES(2,'f283bd8de9fbd320613d951620b62587','https://api.bootpay.co.kr','scope-a','unknown','merchant:주문 1/환불 1',1,'주문 1/환불 1','partial',3000,NULL,NULL,0,NULL,'unknown',0,'me',1700000090000,1700000060000,1,10000,10000,0,1,0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,'timed_out',NULL,NULL,NULL,'[]',NULL,NULL,NULL,NULL,1700000000000,1700000060000);
INSERT INTO intents VALUES(3,'7b13707b44e1a9fdadc6d0217e9d31dd','https://api.bootpay.co.kr','scope-a','reserved','fresh:00000000000000000000000000000001',1,'bp-f1a55ba15ffa7e255b1fcc0ee46f639d','partial',3000,NULL,NULL,0,NULL,'reserved',0,'me',1700000090000,NULL,0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,NULL,1700000000000,1700000000000);
INSERT INTO intents VALUES(4,'5527b39482965af5957d3560bc49336d','https://api.bootpay.co.kr','scope-a','refused','receipt',1,'bp-0990d6d874cf432ad36d396cd3b73510','full',NULL,NULL,NULL,0,NULL,'refused',0,'me',1700000091000,1700000061000,1,10000,10000,0,1,0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,1700000002000,NULL,NULL,NULL,NULL,'[]','settlement','-2100','취소할 수 없습니다',NULL,1700000000000,1700000002000);
INSERT INTO intents VALUES(5,'8344e0ec3835bf97e4389be4f78b3a5b','https://api.bootpay.co.kr','scope-a','decided','receipt',1,'bp-98cb06137c47d78f7dbcf4a26fc81457','full',NULL,NULL,NULL,0,NULL,'not_cancelled',0,'me',1700000090000,1700000060000,1,10000,10000,0,1,1,10000,10000,0,1,0,NULL,NULL,NULL,NULL,NULL,NULL,'declared',NULL,NULL,'[]',NULL,NULL,NULL,'김회계',1700000000000,1700003600000);
INSERT INTO intents VALUES(6,'1ccdb4abf5e8c0e8023eadddbf778515','https://api.bootpay.co.kr','scope-a','held','merchant:h',1,'h','partial',3000,NULL,NULL,0,NULL,'cancelled',1,'me',1700000093000,1700000063000,1,10000,10000,0,1,1,10000,5000,5000,1,0,NULL,NULL,NULL,NULL,1700000004000,NULL,'answered','yes','{"receipt_id":null,"request_cancel_price":null,"remain_price":5000,"remain_tax_free":null,"cancelled_price":5000,"cancelled_tax_free":null,"revoked_at":null,"tid":null,"order_id":null,"cancel_id":null,"price":10000,"status":1}','[{"field":"cancelled_price","expected":3000,"answered":5000}]',NULL,NULL,NULL,NULL,1700000000000,1700000004000);
INSERT INTO intents VALUES(7,'d9b6356a399f9379747ab9b52e411f21','https://api.bootpay.co.kr','scope-a','to-account','receipt',1,'bp-fe5695a90f6fc459274407e5684ffce7','full',NULL,NULL,NULL,1,'mark-of-the-account','reserved',0,'me',1700000090000,NULL,0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]',NULL,NULL,NULL,NULL,1700000000000,1700000000000);
CREATE TABLE attempts (
    intent_id TEXT NOT NULL REFERENCES intents (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    started_at_ms INTEGER NOT NULL,
    progress TEXT NOT NULL CHECK (progress IN ('sending', 'not_sent', 'answered', 'unproven')),
    body_mark TEXT,
    http_status INTEGER,
    code TEXT,
    PRIMARY KEY (intent_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO attempts VALUES('1ccdb4abf5e8c0e8023eadddbf778515',1,1700000001000,'not_sent','body-mark',NULL,NULL);
INSERT INTO attempts VALUES('1ccdb4abf5e8c0e8023eadddbf778515',2,1700000003000,'answered','body-mark',200,NULL);
INSERT INTO attempts VALUES('5527b39482965af5957d3560bc49336d',1,1700000001000,'answered','body-mark',400,'-2100');
INSERT INTO attempts VALUES('8344e0ec3835bf97e4389be4f78b3a5b',1,1700000000000,'unproven','body-mark',NULL,NULL);
INSERT INTO attempts VALUES('f283bd8de9fbd320613d951620b62587',1,1700000000000,'unproven','body-mark',NULL,NULL);
INSERT INTO attempts VALUES('f3ab2a2da38933d13c1540433d5ec3a5',1,1700000000000,'answered','body-mark',200,NULL);
CREATE INDEX intents_of_receipt ON intents (receipt_id, environment);
CREATE INDEX intents_with_cancel_id ON intents (cancel_id, environment, scope);
CREATE INDEX intents_open ON intents (seq) WHERE (state IN ('reserved', 'sending', 'unknown') OR held = 1);
CREATE VIEW open_intents AS
SELECT datetime(created_at_ms / 1000, 'unixepoch', 'localtime') AS admitted,
       datetime(updated_at_ms / 1000, 'unixepoch', 'localtime') AS changed,
       receipt_id, cancel_id, kind, price, state, unknown_cause, held, mismatches,
       (SELECT count(*) FROM attempts WHERE intent_id = intents.id) AS tries,
       before_remaining, after_remaining,
       datetime(lease_until_ms / 1000, 'unixepoch', 'localtime') AS owned_until,
       environment
FROM intents
WHERE (state IN ('reserved', 'sending', 'unknown') OR held = 1)
ORDER BY seq;
COMMIT;
