import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleName, parkDeadLetter, watchHealth } from '../../functions/contract/names.ts';
import { callsSource, endsOf, type Flow } from '../../functions/specification/flow.ts';
import { callableSystems, flowsFrom, type Integration } from '../../functions/specification/integration.ts';
import { hasOwnSecret, hasTokens, type System } from '../../functions/specification/system.ts';
import { budgets, type Entry } from './entry.ts';

/**
 * The functions of one integration. Each is composed of one handler factory and only the flow, connectors and scheme
 * it needs. `root`: the folder that holds `functions` and `integrations`.
 * @throws {Error} where a system or flow has no file of its name: whoever wrote the integration must act.
 */
export async function entriesOf(integration: Integration, root: string): Promise<Entry[]> {
  const systems = Object.values(integration.systems);
  const flows = Object.values(integration.flows);
  await Promise.all([
    ...systems.map((system) => checkFile(systemFile(integration, system), system, root)),
    ...flows.map((flow) => checkFile(flowFile(integration, flow), flow, root)),
  ]);
  return [
    ...systems.filter((system) => system.webhook).map((system) => receiveEntry(integration, system)),
    ...systems.filter((system) => system.bridge).map((system) => receiveEventEntry(integration, system)),
    ...flows.map((flow) => deliverEntry(integration, flow)),
    ...systems.filter(hasTokens).map((system) => refreshEntry(integration, system)),
    parkEntry(integration),
    ...systems.filter(({ auth }) => auth === 'api-key').map((system) => rotateEntry(integration, system)),
    ...systems.filter(hasOwnSecret).map((system) => rotateWebhookEntry(integration, system)),
    watchEntry(integration),
  ];
}

function receiveEntry(integration: Integration, system: System): Entry {
  return doorEntry('receive-webhook', budgets.receive, integration, system);
}

function receiveEventEntry(integration: Integration, system: System): Entry {
  return doorEntry('receive-event', budgets.receiveEvent, integration, system);
}

/** By either door a source's events come to the same flows. */
function doorEntry(
  door: 'receive-webhook' | 'receive-event',
  budgetKb: number,
  integration: Integration,
  system: System,
): Entry {
  const flows = flowsFrom(integration, system.name);
  const imports = flows.map((flow, index) => `import flow${index} from './${flowFile(integration, flow)}';`);
  const list = flows.map((_, index) => `flow${index}`).join(', ');
  return {
    name: `${integration.name}/${bundleName(door, system.name)}`,
    budgetKb,
    module: `import { createHandler } from './functions/${door}/handler.ts';
import system from './${systemFile(integration, system)}';
${imports.join('\n')}
export const handler = createHandler({ integration: ${quote(integration.name)}, system, flows: [${list}] });
`,
  };
}

function deliverEntry(integration: Integration, flow: Flow): Entry {
  const { source, destination } = endsOf(flow);
  const end = (as: 'source' | 'destination', { object }: typeof source) =>
    connectedEnd(as, systemOf(integration, object.system));
  const ends = [...(callsSource(flow) ? [end('source', source)] : []), end('destination', destination)];
  const create = `createHandler({
  integration: ${quote(integration.name)},
  flow,
${ends.map(({ property }) => `  ${property},`).join('\n')}
})`;
  const tracing = "import { traced } from './functions/deliver-event/tracing.ts';\n";
  return {
    name: `${integration.name}/${bundleName('deliver-event', flow.name)}`,
    budgetKb: flow.tracing ? budgets.deliverWithTracing : budgets.deliver,
    module: `import { createHandler } from './functions/deliver-event/handler.ts';
${flow.tracing ? tracing : ''}${ends.map(({ imported }) => `${imported}\n`).join('')}import flow from './${flowFile(integration, flow)}';
export const handler = ${flow.tracing ? `traced(${create})` : create};
`,
  };
}

/** One end of a flow in a generated module. Plain HTTP connectors are made with what the specification says of the system. */
function connectedEnd(end: 'source' | 'destination', system: System) {
  const connect = end === 'source' ? 'connectSource' : 'connectDestination';
  const { name, connector, apiVersion } = system;
  const options =
    connector === 'rest' ? { name, ...system.rest } : connector === 'graphql' ? { name, ...system.graphql } : undefined;
  const version = apiVersion === undefined ? '' : ` apiVersion: ${quote(apiVersion)},`;
  const made = options === undefined ? connect : `${connect}(${JSON.stringify(options)})`;
  return {
    imported: `import { connect as ${connect} } from './functions/connectors/${connector}/connector.ts';`,
    property: `${end}: { name: ${quote(name)},${version} connect: ${made} }`,
  };
}

function refreshEntry(integration: Integration, system: System): Entry {
  return {
    name: `${integration.name}/${bundleName('refresh-token', system.name)}`,
    budgetKb: budgets.refresh,
    module: `import { createHandler } from './functions/refresh-token/handler.ts';
import { fetchToken } from './functions/connectors/${system.connector}/${system.auth}.ts';
export const handler = createHandler({
  integration: ${quote(integration.name)},
  system: ${quote(system.name)},
  fetchToken,
});
`,
  };
}

function rotateEntry(integration: Integration, { name, connector, apiVersion }: System): Entry {
  const definition = { system: name, apiVersion, needed: rightsAt(integration, name) };
  return {
    name: `${integration.name}/${bundleName('rotate-secret', name)}`,
    budgetKb: budgets.rotate,
    module: `import { createHandler } from './functions/rotate-secret/handler.ts';
import { checkCredentials as check } from './functions/connectors/${connector}/check-credentials.ts';
export const handler = createHandler({ ...${JSON.stringify(definition)}, check });
`,
  };
}

const signerFile = 'functions/signatures/hmac.ts';

/** The scheme is the very one that the receiver verifies by; what it is tried with is made of what the scheme says. */
function rotateWebhookEntry(integration: Integration, system: System): Entry {
  return {
    name: `${integration.name}/${bundleName('rotate-webhook-secret', system.name)}`,
    budgetKb: budgets.rotateWebhook,
    module: `import { createHandler } from './functions/rotate-webhook-secret/handler.ts';
import { newHmacSecret, signHmac } from './${signerFile}';
import system from './${systemFile(integration, system)}';
const options = ${JSON.stringify(system.webhook?.scheme.ownSecret)};
export const handler = createHandler({
  system: ${quote(system.name)},
  scheme: system.webhook.scheme,
  sign: signHmac(options),
  newSecret: () => newHmacSecret(options),
});
`,
  };
}

/** What all flows together do at a system: a record that is written is looked at, too. */
function rightsAt({ flows }: Integration, system: string): { reads: string[]; writes: string[] } {
  const ends = Object.values(flows).map((flow) => ({ ...endsOf(flow), called: callsSource(flow) }));
  const objects = (of: typeof ends, end: 'source' | 'destination') =>
    of.flatMap((flow) => (flow[end].object.system === system ? [flow[end].object.object] : []));
  const linked = ends.filter(({ source }) => source.link !== undefined);
  const writes = new Set([...objects(ends, 'destination'), ...objects(linked, 'source')]);
  const called = ends.filter((flow) => flow.called);
  return { reads: [...new Set([...objects(called, 'source'), ...writes])], writes: [...writes] };
}

/** Which flow a dead letter is of, its environment tells by the queue. */
function parkEntry({ name }: Integration): Entry {
  return {
    name: `${name}/${parkDeadLetter}`,
    budgetKb: budgets.park,
    module: `import { createHandler } from './functions/park-dead-letter/handler.ts';
export const handler = createHandler({ integration: ${quote(name)} });
`,
  };
}

/** It knows systems and flows by their names only: what they do is not its business. */
function watchEntry(integration: Integration): Entry {
  const { name, flows } = integration;
  const systems = callableSystems(integration);
  const namesOf = (some: readonly System[]) => some.map((system) => system.name);
  const tokens = namesOf(systems.filter(hasTokens));
  const definition = { integration: name, systems: namesOf(systems), tokens, flows: Object.keys(flows) };
  return {
    name: `${name}/${watchHealth}`,
    budgetKb: budgets.watch,
    module: `import { createHandler } from './functions/watch-health/handler.ts';
export const handler = createHandler(${JSON.stringify(definition)});
`,
  };
}

function systemFile(integration: Integration, system: System): string {
  return `integrations/${integration.name}/systems/${system.name}.ts`;
}

function flowFile(integration: Integration, flow: Flow): string {
  return `integrations/${integration.name}/flows/${flow.name}.ts`;
}

/** A bundle imports the part's own file, so that it holds no other part: the file must be the part. */
async function checkFile(file: string, part: System | Flow, root: string): Promise<void> {
  const path = join(root, file);
  if (!existsSync(path)) {
    throw new Error(`There is no ${file}. Put '${part.name}' there as the default export, or rename it like its file.`);
  }
  const module: { default?: unknown } = await import(pathToFileURL(path).href);
  if (module.default !== part) {
    throw new Error(
      `${file} does not export '${part.name}' as its default. Export there the very object the integration lists.`,
    );
  }
}

function systemOf(integration: Integration, name: string): System {
  const system = integration.systems[name];
  if (!system) throw new Error(`${integration.name} has no system '${name}'. Add it to systems.`);
  return system;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
