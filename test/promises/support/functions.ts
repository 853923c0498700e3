import {
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { aws } from '../../support/clients.ts';

const { lambda } = aws;

/** A function's environment variables. */
export async function environmentOf(FunctionName: string): Promise<Record<string, string>> {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return Environment?.Variables ?? {};
}

/** Gives a function other environment variables, which also replaces all of its processes. */
export async function setEnvironment(FunctionName: string, Variables: Readonly<Record<string, string>>): Promise<void> {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30, minDelay: 0.1 }, { FunctionName });
}

/** Replaces all processes of a function, so that none keeps a secret that it read before. */
export async function restartFunction(functionName: string): Promise<void> {
  await setEnvironment(functionName, await environmentOf(functionName));
}
