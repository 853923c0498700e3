import * as v from 'valibot';
import type { FetchToken } from '../connector.ts';
import { malformedCredentials, requestToken, url } from './token.ts';

const text = v.pipe(v.string(), v.nonEmpty());

/**
 * The operator's secret: the org's My Domain and an OAuth client that may use the client credentials flow. In our own form,
 * or in that of a managed external secret of Secrets Manager, type `SalesforceClientSecret`, whose other fields are its own.
 */
const credentialsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.object({ url, clientId: text, clientSecret: text }),
    v.pipe(
      v.object({ baseUri: url, consumerKey: text, consumerSecret: text }),
      v.transform(({ baseUri, consumerKey, consumerSecret }) => ({
        url: baseUri,
        clientId: consumerKey,
        clientSecret: consumerSecret,
      })),
    ),
  ]),
);

/** Fetches a token by the OAuth 2.0 client credentials flow (RFC 6749, section 4.4). */
export const fetchToken: FetchToken = async (credentials, services) => {
  const client = v.safeParse(credentialsSchema, credentials);
  if (!client.success) return malformedCredentials;
  const { url, clientId, clientSecret } = client.output;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  return requestToken(url, form, services);
};
