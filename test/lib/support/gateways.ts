import type { StageDomain } from '../../../lib/stage-gateway.ts';

const account = '123456789012';

export const webAclArn = `arn:aws:wafv2:eu-central-1:${account}:regional/webacl/door/1f2e3d4c-5b6a-4798-8172-635445362718`;

/** What a stage has with a domain of its own, and with one that asks for certificates. */
export const withDomain = {
  domain: {
    domainName: 'hooks.example.com',
    certificateArn: `arn:aws:acm:eu-central-1:${account}:certificate/0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1`,
  },
} satisfies { domain: StageDomain };

export const withMutualTls = {
  domain: { ...withDomain.domain, mutualTls: { truststoreUri: 's3://trust-store/authorities/ca.pem', version: '7' } },
} satisfies { domain: StageDomain };
