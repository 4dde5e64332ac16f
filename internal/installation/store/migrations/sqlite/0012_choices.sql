-- +goose Up

-- What is done to people on the day of a set that waits for it, and what that
-- would have done when somebody agreed to it.
ALTER TABLE set_agreement ADD COLUMN choices TEXT NOT NULL DEFAULT '';
ALTER TABLE set_agreement ADD COLUMN effects TEXT NOT NULL DEFAULT '';
