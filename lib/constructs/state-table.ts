import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { removalOf, type Stage } from '../stage.ts';

export interface StateTableProps {
  readonly stage: Stage;
  readonly key: IKey;
}

/**
 * What deliveries remember, by `pk`: idempotency records, histories of what failed, intents to create, what operations
 * answered lately, open breakers and held flows.
 */
export class StateTable extends TableV2 {
  constructor(scope: Construct, id: string, { stage, key }: StateTableProps) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryptionV2.customerManagedKey(key),
      removalPolicy: removalOf(stage),
    });
  }
}
