-- For which host a secret is (密钥文件的主机): it is sent nowhere else, whatever a source's address becomes. Empty for what is sent nowhere,
-- such as a vendor's signing secret. What stands in several sources is for the first one's host.
CREATE TABLE intake.secret_host (
    secret_name text PRIMARY KEY,
    host        text NOT NULL
);
INSERT INTO intake.secret_host (secret_name, host)
SELECT DISTINCT ON (secret) secret, rtrim(lower(btrim(coalesce(substring(address FROM '^[a-z]+://(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]+)'), ''), '[]')), '.')
FROM intake.source, unnest(secret_names) AS secret ORDER BY secret, source_id;
