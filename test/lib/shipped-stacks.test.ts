import { expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import { integrations } from '../../integrations/integrations.ts';
import { synthesise } from './support/synthesise.ts';

it.each(['local', 'dev', 'prod'])('the integrations of this repository make sound stacks for %s', (name) => {
  const { data, pipeline, report } = synthesise(stageNamed(name), integrations);

  expect(Object.keys(data.findResources('AWS::SQS::Queue'))).not.toHaveLength(0);
  expect(Object.keys(pipeline.findResources('AWS::Lambda::Function'))).not.toHaveLength(0);
  expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
});
