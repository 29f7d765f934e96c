/**
 * A URL that leaves nothing open. What a URL does not say, `pg` takes from the environment: a PGSSLMODE or PGOPTIONS
 * that is meant for somebody's psql would change how Curfew connects.
 */

/** `options`: settings for the session, as PGOPTIONS has them; they win over the URL's own. */
export function closedUrl(text: string, options = '-c client_min_messages=warning'): string {
  const url = new URL(text);
  // An empty value counts as open, so each of these says something.
  if (url.username === '' && url.hostname !== '') url.username = 'curfew';
  // Sent only to a server that asks for a password, and then as wrong as none.
  if (url.password === '' && url.hostname !== '') url.password = 'none';
  if (url.port === '' && url.hostname !== '') url.port = '5432';
  const tls = ['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation'];
  const given = (name: string) => url.searchParams.has(name);
  if (!tls.some(given)) url.searchParams.set('sslmode', 'disable');
  const rest = {
    sslnegotiation: 'postgres',
    client_encoding: 'utf8',
    replication: 'false',
    application_name: 'curfew',
  };
  for (const [name, value] of Object.entries(rest)) if (!given(name)) url.searchParams.set(name, value);
  url.searchParams.set('options', options);
  return url.href;
}
