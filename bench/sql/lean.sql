-- The limit: what one redemption must write at least. A conditional update that locks and guards in
-- one, an entry whose unique key is the idempotency, a two-sided row, a line of the record; no
-- foreign key, no trigger, no index but the keys.
CREATE TABLE lean_account (
  id bigint PRIMARY KEY, balance_fen bigint NOT NULL CHECK (balance_fen >= 0)
) WITH (fillfactor = 90);
CREATE TABLE lean_entry (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, kind text NOT NULL,
  body_sha256 bytea NOT NULL, at timestamptz NOT NULL
);
CREATE TABLE lean_transfer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry_id bigint NOT NULL,
  debit_id bigint NOT NULL, credit_id bigint NOT NULL, amount_fen bigint NOT NULL CHECK (amount_fen > 0)
);
CREATE TABLE lean_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, action text NOT NULL, actor text NOT NULL,
  subject text NOT NULL, at timestamptz NOT NULL, content jsonb NOT NULL
);
INSERT INTO lean_account SELECT n, 1000000000 FROM generate_series(1, 4000) AS n;

CREATE FUNCTION lean_redeem(voucher bigint, asked text, amount bigint) RETURNS bigint
  LANGUAGE plpgsql AS $$
DECLARE
  entry bigint;
BEGIN
  UPDATE lean_account SET balance_fen = balance_fen - amount
    WHERE id = voucher AND balance_fen >= amount;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'not enough';
  END IF;
  INSERT INTO lean_entry (key, kind, body_sha256, at)
    VALUES (asked, 'HOLD', '\x00', clock_timestamp()) RETURNING id INTO entry;
  INSERT INTO lean_transfer (entry_id, debit_id, credit_id, amount_fen)
    VALUES (entry, voucher, -voucher, amount);
  INSERT INTO lean_event (action, actor, subject, at, content)
    VALUES ('redemption.requested', 'user:1', 'voucher:' || voucher, clock_timestamp(),
            jsonb_build_object('amount_fen', amount, 'key', asked));
  RETURN entry;
END $$;
GRANT SELECT, INSERT, UPDATE ON lean_account, lean_entry, lean_transfer, lean_event TO sq_app;
