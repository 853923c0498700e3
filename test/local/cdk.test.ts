import { expect, it } from 'vitest';
import { cdkEnvironment } from '../../local/cdk.ts';

it('gives the CDK nothing of the user but the path', () => {
  const env = {
    PATH: '/usr/bin',
    AWS_PROFILE: 'of-the-user',
    AWS_SESSION_TOKEN: 'of-the-user',
    AWS_ACCESS_KEY_ID: 'of-the-user',
    AWS_CA_BUNDLE: '/of-the-user.pem',
    NODE_EXTRA_CA_CERTS: '/of-the-user.pem',
    AWS_ENDPOINT_URL_SQS: 'https://of-the-user.example',
    HTTPS_PROXY: 'http://of-the-user.example',
    NODE_OPTIONS: '--require=/of-the-user.js',
  };

  const given = cdkEnvironment({ env, folder: '/f' }, { url: 'https://localhost:1', caFile: '/f/ca.pem' });

  expect(given).toMatchObject({
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: 'https://localhost:1',
    AWS_ENDPOINT_URL_S3: 'https://localhost:1',
    AWS_CA_BUNDLE: '/f/ca.pem',
    NODE_EXTRA_CA_CERTS: '/f/ca.pem',
  });
  expect(Object.values(given).join(' ')).not.toContain('of-the-user');
});
