-- SPDX-License-Identifier: MIT
-- What workers and arqctl of schema 1 said to the installation's file.

INSERT INTO keys (id, name, role, secret_hash, created_at)
VALUES ('d0d0d0d0d0', 'older', 0, X'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 1795501000000);
SELECT id, name, role, secret_hash, created_at FROM keys WHERE id = 'a8168839e9';
