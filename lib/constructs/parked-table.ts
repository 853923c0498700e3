import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { unsettledIndex } from '../../functions/contract/names.ts';
import { removalOf, type Stage } from '../stage.ts';

export interface ParkedTableProps {
  readonly stage: Stage;
  readonly key: IKey;
}

/**
 * Parked events, by flow (`pk`) and event id (`sk`). A table of its own: it holds the events' bodies, which the state
 * table never does, and it must not be forgotten. The index holds those alone that are not settled yet, oldest first.
 */
export class ParkedTable extends TableV2 {
  constructor(scope: Construct, id: string, { stage, key }: ParkedTableProps) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: unsettledIndex.name,
          partitionKey: { name: 'unsettled', type: AttributeType.STRING },
          sortKey: { name: 'parkedMs', type: AttributeType.NUMBER },
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: [...unsettledIndex.attributes],
        },
      ],
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryptionV2.customerManagedKey(key),
      removalPolicy: removalOf(stage),
    });
  }
}
