/** What takes the webhooks of a stage: an HTTP API (cheaper), or a REST API (more to guard it with). */
export type Gateway = 'http' | 'rest';

/** A domain of your own for the webhooks. */
export interface StageDomain {
  /** `hooks.example.com`. Point it at the output `WebhookDomainTarget`: an alias record in Route 53, else a CNAME. */
  readonly domainName: string;
  /** ARN of an issued certificate of ACM for that name, in the stage's own region. */
  readonly certificateArn: string;
  /**
   * Takes connections of clients with a certificate alone, and none at the address that AWS gave the API. For sources
   * that all have one: most providers' webhooks do not. @default no certificate is asked for
   */
  readonly mutualTls?: {
    /** The authorities that vouch for clients, as PEM: `s3://bucket/truststore.pem`, in the stage's region. */
    readonly truststoreUri: string;
    /** Of the object in a bucket with versions; the truststore is read again only when this changes. */
    readonly version?: string;
  };
}

/** What a stage says about its gateway. */
export interface StageGateway {
  readonly name: string;
  readonly gateway?: Gateway;
  readonly webAclArn?: string;
  readonly domain?: StageDomain;
}

/** `s3://bucket/key` taken apart; undefined for anything else. */
export function parseTruststore(uri: string): { bucket: string; key: string } | undefined {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(\S+)$/.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/**
 * Refuses what API Gateway would refuse in the middle of a deployment.
 * @throws {Error} naming the field and the remedy: whoever edited `bin/stages.ts` must act.
 */
export function checkGateway({ name, gateway = 'http', webAclArn, domain }: StageGateway): void {
  const refuse = (problem: string, remedy: string): never => {
    throw new Error(`Stage '${name}': ${problem}. ${remedy}`);
  };
  if (webAclArn !== undefined && gateway !== 'rest') {
    refuse('webAclArn is set, but WAF guards no HTTP API', "Set gateway: 'rest', or remove it.");
  }
  if (webAclArn !== undefined && !/^arn:[\w-]+:wafv2:[\w-]+:\d{12}:regional\/webacl\/\S+$/.test(webAclArn)) {
    refuse(`webAclArn is '${webAclArn}'`, 'Use the ARN of a regional web ACL: arn:aws:wafv2:...:regional/webacl/...');
  }
  if (domain === undefined) return;
  const { domainName, certificateArn, mutualTls } = domain;
  if (!/^(?!.{254})([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domainName)) {
    refuse(`domain.domainName is '${domainName}'`, 'Use a whole name in lower case: hooks.example.com.');
  }
  if (!/^arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/\S+$/.test(certificateArn)) {
    refuse(`domain.certificateArn is '${certificateArn}'`, 'Use the ARN of a certificate of ACM in this region.');
  }
  if (mutualTls !== undefined && parseTruststore(mutualTls.truststoreUri) === undefined) {
    refuse(`domain.mutualTls.truststoreUri is '${mutualTls.truststoreUri}'`, 'Use s3://bucket/key.pem.');
  }
}

/**
 * Refuses what is in another region than the stage: API Gateway takes neither certificate nor web ACL from there.
 * @throws {Error} naming the field and the remedy.
 */
export function checkGatewayRegion({ name, webAclArn, domain }: StageGateway, region: string): void {
  for (const [field, arn] of [
    ['webAclArn', webAclArn],
    ['domain.certificateArn', domain?.certificateArn],
  ] as const) {
    const other = arn?.split(':')[3];
    if (other === undefined || other === region) continue;
    throw new Error(`Stage '${name}': ${field} is of ${other}. Use one of ${region}, where the stage is deployed.`);
  }
}
