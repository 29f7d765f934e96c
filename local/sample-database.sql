-- The sample database `orders`, as superuser and inside it: an application's tables and rows, the roles that carry what
-- can be asked for, and nothing for anybody by default. Read by sample-database.ts, which makes the database itself.
CREATE ROLE orders_app NOLOGIN;
CREATE ROLE orders_read NOLOGIN;
CREATE ROLE orders_write NOLOGIN;
CREATE ROLE orders_admin NOLOGIN;
CREATE ROLE orders_oncall NOLOGIN;

REVOKE ALL ON DATABASE orders FROM PUBLIC;
GRANT CONNECT ON DATABASE orders TO orders_app, orders_read, orders_write, orders_admin, orders_oncall;

ALTER DATABASE orders SET search_path = shop, public;

CREATE SCHEMA shop AUTHORIZATION orders_app;
SET ROLE orders_app;
SET search_path = shop;

CREATE TABLE customers (
  id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  city text NOT NULL,
  since date NOT NULL
);
CREATE TABLE products (
  id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL UNIQUE,
  price_cents int NOT NULL CHECK (price_cents > 0),
  stock int NOT NULL DEFAULT 0
);
CREATE TABLE orders (
  id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  customer_id int NOT NULL REFERENCES customers,
  status text NOT NULL CHECK (status IN ('new', 'paid', 'sent', 'returned')),
  placed_at timestamptz NOT NULL
);
CREATE INDEX ON orders (customer_id);
CREATE TABLE order_items (
  order_id int NOT NULL REFERENCES orders ON DELETE CASCADE,
  product_id int NOT NULL REFERENCES products,
  quantity int NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (order_id, product_id)
);
CREATE TABLE payments (
  id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  order_id int NOT NULL REFERENCES orders,
  amount_cents int NOT NULL,
  card_last4 text NOT NULL,
  paid_at timestamptz NOT NULL
);

INSERT INTO customers (name, email, city, since)
SELECT first || ' ' || last, lower(first || '.' || last) || '@example.com',
  (ARRAY['Lisbon', 'Oslo', 'Gdansk', 'Lyon', 'Turin', 'Graz'])[1 + n % 6], date '2021-01-01' + (n * 37 % 1800)::int
FROM (SELECT first, last, row_number() OVER () AS n
  FROM unnest(ARRAY['Aino', 'Bruno', 'Clara', 'Dario', 'Elif', 'Finn', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Kaia', 'Luca']) first,
    unnest(ARRAY['Almeida', 'Berg', 'Costa', 'Dietrich', 'Eriksen', 'Fontaine', 'Greco', 'Horvat', 'Ivanova', 'Janssen']) last) people;

INSERT INTO products (name, price_cents, stock) VALUES
  ('Espresso cups, set of six', 2490, 140), ('Hand grinder', 8900, 35), ('Gooseneck kettle', 6400, 52),
  ('Paper filters, 100', 690, 900), ('Scale, 0.1 g', 4200, 61), ('House blend, 1 kg', 2150, 320),
  ('Single origin, 250 g', 1290, 210), ('Milk jug, 350 ml', 1850, 77), ('Cleaning brush', 540, 400),
  ('Travel press', 3300, 48);

INSERT INTO orders (customer_id, status, placed_at)
SELECT 1 + n * 7 % 120, (ARRAY['sent', 'sent', 'sent', 'paid', 'new', 'returned'])[1 + n % 6],
  timestamptz '2026-01-05 08:00+00' + n * interval '5 hours 13 minutes'
FROM generate_series(1, 1500) n;

INSERT INTO order_items (order_id, product_id, quantity)
SELECT id, 1 + (id * 3 + line * 4) % 10, 1 + (id + line) % 3 FROM orders, generate_series(0, 1) line;

INSERT INTO payments (order_id, amount_cents, card_last4, paid_at)
SELECT o.id, sum(i.quantity * p.price_cents), lpad((o.id * 7919 % 10000)::text, 4, '0'), o.placed_at + interval '4 minutes'
FROM orders o JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id
WHERE o.status <> 'new' GROUP BY o.id;

GRANT USAGE ON SCHEMA shop TO orders_read, orders_write, orders_admin, orders_oncall;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO orders_read, orders_write, orders_admin, orders_oncall;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA shop TO orders_write, orders_admin;
GRANT TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA shop TO orders_admin;
GRANT CREATE ON SCHEMA shop TO orders_admin;
GRANT UPDATE (status) ON orders TO orders_oncall;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO orders_read, orders_write, orders_admin, orders_oncall;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT INSERT, UPDATE, DELETE ON TABLES TO orders_write, orders_admin;

RESET search_path;
RESET ROLE;
