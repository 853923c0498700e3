import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { stageNamed } from '../../bin/stages.ts';
import type { GraphqlSystem, RestSystem } from '../../functions/specification/system.ts';
import githubPush from '../../integrations/github-push/integration.ts';
import { synthesise } from './support/synthesise.ts';

const { data, pipeline, report } = synthesise(stageNamed('dev'), [githubPush]);

const secretsOf = (template: Template) =>
  Object.values(template.findResources('AWS::SecretsManager::Secret')).map(({ Properties }) => Properties);

/** The environments of the functions that deliver. */
const environmentsOf = (template: Template) =>
  Object.values(template.findResources('AWS::Lambda::Function'))
    .map(({ Properties }) => Properties.Environment.Variables)
    .filter((variables) => variables.CREDENTIAL_SECRET_IDS);

describe('an integration over plain HTTP', () => {
  it('passes the rules of the stacks', () => {
    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('has one secret of each system: what only sends is never signed in to', () => {
    const secrets = secretsOf(data).map(({ Name, Description }) => [Name, Description]);

    expect(secrets).toEqual([
      ['millrace-dev/github-push/github/webhook', 'github, signs its webhooks: the signing secret as plain text'],
      ['millrace-dev/github-push/endpoint/credentials', 'endpoint, what Millrace signs in with: {"url","token"}'],
      ['millrace-dev/github-push/catalog/credentials', 'catalog, what Millrace signs in with: {"url","token"}'],
    ]);
  });

  it('says in the secret what a sign-in by name and password needs', () => {
    const { endpoint, catalog } = githubPush.systems as { endpoint: RestSystem; catalog: GraphqlSystem };
    const systems = {
      ...githubPush.systems,
      endpoint: { ...endpoint, rest: { ...endpoint.rest, auth: 'basic' } },
      catalog: { ...catalog, graphql: { ...catalog.graphql, auth: { header: 'X-Api-Key' } } },
    } as const;

    const secrets = secretsOf(synthesise(stageNamed('dev'), [{ ...githubPush, systems }]).data);

    expect(secrets.map(({ Description }) => Description.split(': ').at(-1)).slice(1)).toEqual([
      '{"url","username","password"}',
      '{"url","token"}',
    ]);
  });

  it('lets a delivery read what its destination is signed in to with, and nothing of its source', () => {
    const ids = environmentsOf(pipeline).map(({ CREDENTIAL_SECRET_IDS }) => JSON.parse(CREDENTIAL_SECRET_IDS));

    expect(ids).toEqual([
      { endpoint: 'millrace-dev/github-push/endpoint/credentials' },
      { catalog: 'millrace-dev/github-push/catalog/credentials' },
    ]);
  });

  it('watches the systems that can fail', () => {
    const names = Object.values(pipeline.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties.AlarmName as string,
    );

    const watched = names.filter((name) => name.includes('/HealthWatch-') && name.endsWith('/BreakerOpen'));

    expect(watched).toEqual([
      'millrace-dev/HealthWatch-github-push-endpoint/BreakerOpen',
      'millrace-dev/HealthWatch-github-push-catalog/BreakerOpen',
    ]);
  });
});

describe('private networks', () => {
  it.each([
    ['local', 'true'],
    ['dev', 'false'],
    ['prod', 'false'],
  ])('are allowed for all systems by the stage %s: %s', (stage, allowed) => {
    const environments = environmentsOf(synthesise(stageNamed(stage), [githubPush]).pipeline);

    expect(environments.map(({ ALLOW_PRIVATE_ADDRESSES }) => ALLOW_PRIVATE_ADDRESSES)).toEqual([allowed, allowed]);
  });
});
