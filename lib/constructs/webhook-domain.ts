import { CfnOutput } from 'aws-cdk-lib';
import type { IStage as IRestStage } from 'aws-cdk-lib/aws-apigateway';
import { CfnApiMapping, DomainName, type IStage, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { parseTruststore, type StageDomain } from '../stage-gateway.ts';

export interface WebhookDomainProps {
  readonly domain: StageDomain;
  readonly apiId: string;
  readonly apiStage: IStage | IRestStage;
  /** First part of the path, where that is the name of the API's stage. @default the API's paths are whole */
  readonly firstPart?: string;
}

/**
 * The stage's own domain, of the same kind for either API: so a stage can change from one to the other, and sources go on
 * posting to the same addresses.
 */
export class WebhookDomain extends Construct {
  constructor(scope: Construct, id: string, { domain, apiId, apiStage, firstPart }: WebhookDomainProps) {
    super(scope, id);
    const name = new DomainName(this, 'Name', {
      domainName: domain.domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
      ...this.mutualTls(domain),
    });
    const mapping = new CfnApiMapping(this, 'Mapping', {
      apiId,
      domainName: name.name,
      stage: apiStage.stageName,
      ...(firstPart !== undefined && { apiMappingKey: firstPart }),
    });
    mapping.node.addDependency(apiStage);
    const target = new CfnOutput(this, 'Target', {
      value: name.regionalDomainName,
      description: `Point ${domain.domainName} there: CNAME, or an alias in the hosted zone`,
    });
    target.overrideLogicalId('WebhookDomainTarget');
  }

  private mutualTls({ mutualTls }: StageDomain) {
    const truststore = parseTruststore(mutualTls?.truststoreUri ?? '');
    if (mutualTls === undefined || truststore === undefined) return {};
    const bucket = Bucket.fromBucketName(this, 'Truststore', truststore.bucket);
    const { version } = mutualTls;
    return { mtls: { bucket, key: truststore.key, ...(version !== undefined && { version }) } };
  }
}
