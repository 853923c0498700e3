import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleName, watchHealth } from '../../functions/contract/names.ts';
import { endsOf, type Flow } from '../../functions/specification/flow.ts';
import { flowsFrom, type Integration } from '../../functions/specification/integration.ts';
import type { System } from '../../functions/specification/system.ts';
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
    ...flows.map((flow) => deliverEntry(integration, flow)),
    ...systems
      .filter((system) => system.auth === 'client-credentials')
      .map((system) => refreshEntry(integration, system)),
    watchEntry(integration),
  ];
}

function receiveEntry(integration: Integration, system: System): Entry {
  const flows = flowsFrom(integration, system.name);
  const imports = flows.map((flow, index) => `import flow${index} from './${flowFile(integration, flow)}';`);
  const list = flows.map((_, index) => `flow${index}`).join(', ');
  return {
    name: `${integration.name}/${bundleName('receive-webhook', system.name)}`,
    budgetKb: budgets.receive,
    module: `import { createHandler } from './functions/receive-webhook/handler.ts';
import system from './${systemFile(integration, system)}';
${imports.join('\n')}
export const handler = createHandler({ integration: ${quote(integration.name)}, system, flows: [${list}] });
`,
  };
}

function deliverEntry(integration: Integration, flow: Flow): Entry {
  const { source, destination } = endsOf(flow);
  const ends = {
    source: systemOf(integration, source.object.system),
    destination: systemOf(integration, destination.object.system),
  };
  const end = ({ name, apiVersion }: System, connect: string) =>
    `{ name: ${quote(name)}, apiVersion: ${quote(apiVersion)}, connect: ${connect} }`;
  const create = `createHandler({
  integration: ${quote(integration.name)},
  flow,
  source: ${end(ends.source, 'connectSource')},
  destination: ${end(ends.destination, 'connectDestination')},
})`;
  const tracing = "import { traced } from './functions/deliver-event/tracing.ts';\n";
  return {
    name: `${integration.name}/${bundleName('deliver-event', flow.name)}`,
    budgetKb: flow.tracing ? budgets.deliverWithTracing : budgets.deliver,
    module: `import { createHandler } from './functions/deliver-event/handler.ts';
${flow.tracing ? tracing : ''}import { connect as connectSource } from './functions/connectors/${ends.source.connector}/connector.ts';
import { connect as connectDestination } from './functions/connectors/${ends.destination.connector}/connector.ts';
import flow from './${flowFile(integration, flow)}';
export const handler = ${flow.tracing ? `traced(${create})` : create};
`,
  };
}

function refreshEntry(integration: Integration, system: System): Entry {
  return {
    name: `${integration.name}/${bundleName('refresh-token', system.name)}`,
    budgetKb: budgets.refresh,
    module: `import { createHandler } from './functions/refresh-token/handler.ts';
import { fetchToken } from './functions/connectors/${system.connector}/token.ts';
export const handler = createHandler({ fetchToken });
`,
  };
}

/** It knows systems and flows by their names only: what they do is not its business. */
function watchEntry({ name, systems, flows }: Integration): Entry {
  const definition = { integration: name, systems: Object.keys(systems), flows: Object.keys(flows) };
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
