import { Aws } from 'aws-cdk-lib';

/** An ARN as cdk-nag writes it in what is to be acknowledged. */
export function asNagWrites(arn: string): string {
  return arn
    .replaceAll(Aws.PARTITION, '<AWS::Partition>')
    .replaceAll(Aws.REGION, '<AWS::Region>')
    .replaceAll(Aws.ACCOUNT_ID, '<AWS::AccountId>');
}
