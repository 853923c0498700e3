import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Takes the place of the SDK's default credential chain in the bundles. Lambda puts a function's credentials into its
 * environment, which the chain asks first; the rest of it (profiles, SSO, web identity, instance metadata) would only be
 * 90 KB of every bundle.
 */
export const defaultProvider = fromEnv;
