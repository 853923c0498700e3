import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import { checkStage, type Stage } from '../../lib/stage.ts';
import { checkGatewayRegion } from '../../lib/stage-gateway.ts';
import { webAclArn, withDomain, withMutualTls } from './support/gateways.ts';

const dev = stageNamed('dev');
const { domain } = withMutualTls;
const refusal = (changes: Partial<Stage>) => () => checkStage({ ...dev, ...changes });

describe('a gateway', () => {
  it.each([
    { title: 'as it is', changes: {} },
    { title: 'rest', changes: { gateway: 'rest' } },
    { title: 'rest behind WAF', changes: { gateway: 'rest', webAclArn } },
    { title: 'a domain', changes: withDomain },
    { title: 'a domain with mutual TLS, by rest', changes: { ...withMutualTls, gateway: 'rest' } },
  ] as const)('is sound: $title', ({ changes }) => {
    expect(refusal(changes)).not.toThrow();
  });

  it('behind WAF is a REST API', () => {
    expect(refusal({ webAclArn })).toThrow(
      "Stage 'dev': webAclArn is set, but WAF guards no HTTP API. Set gateway: 'rest', or remove it.",
    );
  });

  it.each(['', 'my-acl', webAclArn.replace('regional', 'global')])("has no web ACL '%s'", (wrong) => {
    expect(refusal({ gateway: 'rest', webAclArn: wrong })).toThrow(/webAclArn is '.*'\. Use the ARN of a regional/);
  });

  it.each(['', 'https://hooks.example.com', 'hooks', 'Hooks.example.com', 'hooks.example.com/', '-a.example.com'])(
    "has no domain '%s'",
    (domainName) => {
      expect(refusal({ domain: { ...domain, domainName } })).toThrow(/domain\.domainName is '.*'\. Use a whole name/);
    },
  );

  it.each(['', 'arn:aws:iam::123456789012:server-certificate/x'])("has no certificate '%s'", (certificateArn) => {
    expect(refusal({ domain: { ...domain, certificateArn } })).toThrow(/domain\.certificateArn is '.*'\. Use the ARN/);
  });

  it.each(['', 's3://bucket', 's3://bucket/', 'https://bucket.s3.amazonaws.com/ca.pem', 's3://B/ca.pem'])(
    "has no truststore '%s'",
    (truststoreUri) => {
      expect(refusal({ domain: { ...domain, mutualTls: { truststoreUri } } })).toThrow(
        /domain\.mutualTls\.truststoreUri is '.*'\. Use s3:\/\/bucket\/key\.pem\./,
      );
    },
  );

  it('has certificate and web ACL in its own region', () => {
    const stage = { ...dev, ...withDomain, gateway: 'rest', webAclArn } as const;

    expect(() => checkGatewayRegion(stage, 'eu-central-1')).not.toThrow();
    expect(() => checkGatewayRegion(stage, 'us-east-1')).toThrow('webAclArn is of eu-central-1. Use one of us-east-1');
    expect(() => checkGatewayRegion({ ...dev, ...withDomain }, 'us-east-1')).toThrow(/domain\.certificateArn is of/);
  });
});
