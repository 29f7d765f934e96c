/** What `npm start` prints: above all what is not as it should be. */
import { expect, test } from 'vitest';
import { banner } from '../../local/banner.ts';

const started = { url: 'http://127.0.0.1:1', home: '/h', postgres: { host: '127.0.0.1', port: 2 }, aws: [] };

test('access that outlived its end is told, the first of it by name', () => {
  const notGone = Array.from(
    { length: 7 },
    (_, i) => `gr_${i}  ana  orders-db/orders/read: it does not answer`,
  );
  const text = banner({ ...started, notGone });
  expect(text).toContain('NOT GONE    7 of the ended grants may still give access. Curfew keeps trying:');
  expect(text).toContain('- gr_4  ana  orders-db/orders/read: it does not answer');
  expect(text).not.toContain('gr_5');
  expect(text).toContain('- and 2 more');
});

test('nothing is said where nothing outlived its end', () => {
  expect(banner({ ...started, notGone: [] })).not.toContain('NOT GONE');
});

test('an AWS account that is not ready is told how to prepare it, where it is', () => {
  const aws = [
    { integration: 'aws-account', account: '123456789012', region: 'eu-west-1', missing: ['boundary: gone'] },
  ];
  const text = banner({ ...started, aws, notGone: [] });
  expect(text).toContain('npx --no cdk bootstrap aws://123456789012/eu-west-1');
  expect(text).toContain('- boundary: gone');
});
