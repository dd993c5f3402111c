-- Clocks that have something to tell and do not know when: always none, and so found at no cost.
CREATE INDEX obligation_without_moment ON accountability.obligation (obligation_id)
    WHERE outcome = 'OPEN' AND NOT breach_told AND next_moment IS NULL;
