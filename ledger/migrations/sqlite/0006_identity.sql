-- Which ledger this is. It is filled in when the ledger is opened, once, and stays over restores.
ALTER TABLE state ADD COLUMN ledger TEXT NOT NULL DEFAULT '';
