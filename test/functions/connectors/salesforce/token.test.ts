import { expect, it } from 'vitest';
import { parseToken } from '../../../../functions/connectors/salesforce/token.ts';

it.each(['', '{}', 'null', '{"accessToken":"t","instanceUrl":"nowhere","issuedAt":1}'])(
  'parseToken takes %j for no token',
  (text) => {
    expect(parseToken(text)).toBeUndefined();
  },
);
