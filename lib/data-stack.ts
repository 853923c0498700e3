import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { dataBucketOutput, parkedTableOutput, stageName, stateTableOutput } from '../functions/contract/names.ts';
import type { Integration } from '../functions/specification/integration.ts';
import { AlarmTopics } from './alarms/alarm-topics.ts';
import { DataBucket } from './constructs/data-bucket.ts';
import { IntegrationData } from './constructs/integration-data.ts';
import { OperatorAccess } from './constructs/operator-access.ts';
import { ParkedTable } from './constructs/parked-table.ts';
import { PartnerBuses } from './constructs/partner-buses.ts';
import { rotatedSecrets } from './constructs/rotated-secrets.ts';
import { StageKey } from './constructs/stage-key.ts';
import { StateTable } from './constructs/state-table.ts';
import type { Stage } from './stage.ts';

export interface DataStackProps {
  readonly stage: Stage;
  readonly integrations: readonly Integration[];
  readonly region: string;
}

/** What must outlive code: messages, state, secrets. Code changes often and has a stack of its own. */
export class DataStack extends Stack {
  readonly key: IKey;
  readonly alarmTopics: AlarmTopics;
  readonly stateTable: StateTable;
  readonly parkedTable: ParkedTable;
  readonly dataBucket: DataBucket;
  private readonly byIntegration = new Map<string, IntegrationData>();

  constructor(scope: Construct, { stage, integrations, region }: DataStackProps) {
    super(scope, `${stageName(stage.name)}-data`, {
      env: { region },
      description: `Millrace ${stage.name}: queues, tables, bucket, secrets, alarm topics`,
      terminationProtection: stage.statefulResources === 'retain',
    });
    this.key = new StageKey(this, 'Key', stage);
    const buses = new PartnerBuses(this, 'PartnerBuses', stage);
    for (const integration of integrations) {
      const data = new IntegrationData(this, integration.name, { stage, key: this.key, buses, integration });
      this.byIntegration.set(integration.name, data);
    }
    this.stateTable = new StateTable(this, 'StateTable', { stage, key: this.key });
    new CfnOutput(this, 'StateTableOutput', {
      value: this.stateTable.tableName,
      description: 'What deliveries remember: histories, open breakers, held flows',
    }).overrideLogicalId(stateTableOutput);
    this.parkedTable = new ParkedTable(this, 'ParkedTable', { stage, key: this.key });
    new CfnOutput(this, 'ParkedTableOutput', {
      value: this.parkedTable.tableName,
      description: 'Parked events, until they are released or discarded',
    }).overrideLogicalId(parkedTableOutput);
    this.dataBucket = new DataBucket(this, 'DataBucket', { stage, key: this.key });
    new CfnOutput(this, 'DataBucketOutput', {
      value: this.dataBucket.named.name,
      description: 'The data of events that are too large for a message',
    }).overrideLogicalId(dataBucketOutput);
    this.alarmTopics = new AlarmTopics(this, 'AlarmTopics', { stage, key: this.key });
    const { key, stateTable, parkedTable } = this;
    const rotated = integrations.flatMap((integration) => rotatedSecrets(stage, integration, this.of(integration)));
    const dataBucket = this.dataBucket.named;
    new OperatorAccess(this, 'OperatorAccess', { stage, key, stateTable, parkedTable, dataBucket, rotated });
  }

  /** @throws {Error} for an integration that this stack was not made with: a mistake in our own code. */
  of(integration: Integration): IntegrationData {
    const data = this.byIntegration.get(integration.name);
    if (!data) throw new Error(`The data stack has no integration '${integration.name}'. Pass it to DataStack, too.`);
    return data;
  }
}
