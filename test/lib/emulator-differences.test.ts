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
  expect(here['AWS::CloudWatch::Alarm']).toHaveLength(14);
  expect(JSON.stringify(local.findResources('AWS::CloudWatch::Alarm'))).not.toContain('Expression');
});

it('grants batch calls under their own names there only', () => {
  expect(JSON.stringify(local.toJSON())).toContain('sqs:ChangeMessageVisibilityBatch');
  expect(JSON.stringify(dev.toJSON())).not.toContain('sqs:ChangeMessageVisibilityBatch');
});
