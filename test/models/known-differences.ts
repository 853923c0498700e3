/** Something that one side does otherwise than it should, and is known to. */
export interface KnownDifference {
  /** The case, and the first step of it that comes otherwise, counted from 1. */
  readonly name: string;
  readonly step: number;
  readonly gives: string;
  /** What is right, and who says so. */
  readonly right: string;
  readonly source: string;
}

const guide = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide';
const reference = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference';

/** MiniStack 1.5.33: look again when it is raised. One that it does no longer is a failure, so that the list stays true. */
export const ofTheEmulator: readonly KnownDifference[] = [
  {
    name: 'a head that is handed back alone comes without its followers',
    step: 6,
    gives: 'nothing',
    right: 'A message in flight holds up those behind it in its group, not those before it.',
    source: `${guide}/sqs-visibility-timeout.html`,
  },
  {
    name: 'an expired receipt handle deletes nothing',
    step: 4,
    gives: 'done',
    right: 'InvalidParameterValue: the receipt handle has expired; only a standard queue may let it pass.',
    source: 'https://repost.aws/knowledge-center/sqs-receipt-handle-error',
  },
  {
    name: 'an expired receipt handle hides nothing',
    step: 4,
    gives: 'done',
    right: 'It "might result in an error" (MessageNotInflight): the model takes the harder answer.',
    source: `${reference}/API_ChangeMessageVisibility.html`,
  },
  {
    name: 'a message that was deleted may be deleted again',
    step: 4,
    gives: 'refused',
    right: 'A success, whatever became of the message.',
    source: 'https://aws.amazon.com/sqs/faqs/',
  },
  {
    name: 'no wait is longer than twelve hours',
    step: 3,
    gives: 'done',
    right: 'InvalidParameterValue: 0 to 43200 seconds.',
    source: `${reference}/API_ChangeMessageVisibility.html`,
  },
  {
    name: 'the twelve hours count from the receive',
    step: 4,
    gives: 'done',
    right: 'InvalidParameterValue: beyond twelve hours in all, from the receive on.',
    source: `${guide}/sqs-visibility-timeout.html`,
  },
];

const restGuide = 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest';

/** The simulation's model of Salesforce: its histories have no field but the name, and no link that is moved. */
export const ofTheModels: readonly KnownDifference[] = [
  {
    name: 'salesforce: a field that is absent stays, one that is null is emptied',
    step: 5,
    gives: '200 {1} Name="Bea" Phone="1" Stripe_Customer_Id__c="cus_1"',
    right: 'null empties a field.',
    source: `${restGuide}/dome_update_fields.htm`,
  },
  {
    name: 'salesforce: a customer belongs to one record',
    step: 3,
    gives: '204',
    right: 'DUPLICATE_VALUE: the external id is unique.',
    source: `${restGuide}/errorcodes.htm`,
  },
];
