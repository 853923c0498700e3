import { expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import { synthesise } from './support/synthesise.ts';

const [local, dev] = [synthesise(stageNamed('local')).pipeline, synthesise().pipeline];
const countsOf = (template: typeof dev) =>
  Object.groupBy(Object.values(template.toJSON().Resources as Record<string, { Type: string }>), ({ Type }) => Type);

it('leaves nothing out of the emulator but the alarms it refuses', () => {
  const [there, here] = [countsOf(dev), countsOf(local)];

  for (const type of Object.keys(there).filter((name) => name !== 'AWS::CloudWatch::Alarm')) {
    expect(here[type]?.length, type).toBe(there[type]?.length);
  }
  expect(here['AWS::CloudWatch::Alarm']).toHaveLength(29);
  expect(JSON.stringify(local.findResources('AWS::CloudWatch::Alarm'))).not.toContain('Expression');
});

it.each(['sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch'])(
  'grants %s there only, where batch calls have names of their own',
  (action) => {
    expect(JSON.stringify(local.toJSON())).toContain(action);
    expect(JSON.stringify(dev.toJSON())).not.toContain(action);
  },
);

it('empties no bucket there: it goes with all that is in it', () => {
  const [here, there] = [synthesise(stageNamed('local')).data, synthesise().data];

  expect(here.findResources('Custom::S3AutoDeleteObjects')).toEqual({});
  expect(Object.keys(there.findResources('Custom::S3AutoDeleteObjects'))).toHaveLength(1);
  expect(Object.keys(here.findResources('AWS::S3::Bucket'))).toHaveLength(1);
});
