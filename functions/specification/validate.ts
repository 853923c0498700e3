import { endsOf, type Flow } from './flow.ts';
import type { Integration } from './integration.ts';
import type { Mapping } from './mapping.ts';
import type { Problem, Report } from './problem.ts';
import { hasOwnSecret, mostBodyBytes, type System, waysToSignIn } from './system.ts';
import { checkAbuse } from './validate-abuse.ts';
import { checkBridge } from './validate-bridge.ts';
import { checkEnds } from './validate-ends.ts';
import { checkLimits } from './validate-limits.ts';
import { checkPayload } from './validate-payload.ts';
import { checkGraphql, checkRest } from './validate-plain-http.ts';
import { checkFlowPolicies, checkPolicies } from './validate-policies.ts';

/** A specification that can't be deployed. Thrown by synth; whoever wrote the specification must act. */
export class SpecificationError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, problem, remedy }) => `- ${path} ${problem}. ${remedy}`);
    super(
      `The specification has ${problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`}:\n${lines.join('\n')}`,
    );
    this.name = 'SpecificationError';
    this.problems = problems;
  }
}

/**
 * Holds specifications to what their types can't say.
 * @throws {SpecificationError} with every mistake at once.
 */
export function validateIntegrations(integrations: readonly Integration[]): void {
  const problems = problemsOf(integrations);
  if (problems.length > 0) throw new SpecificationError(problems);
}

/** Every mistake, in the order the specification is read. */
export function problemsOf(integrations: readonly Integration[]): Problem[] {
  const problems: Problem[] = [];
  const names = new Set<string>();
  for (const integration of integrations) {
    const { name } = integration;
    const report: Report = (path, problem, remedy) => problems.push({ path: `${name}: ${path}`, problem, remedy });
    if (names.has(name)) report('name', 'is used by two integrations', 'Rename one of them, and its folder.');
    names.add(name);
    checkIntegration(integration, report);
  }
  return problems;
}

function checkIntegration(integration: Integration, report: Report): void {
  checkName('name', integration.name, report);
  checkPolicies('policies', integration.policies, report);
  for (const [key, system] of Object.entries(integration.systems)) checkSystem(key, system, report);
  for (const [key, mapping] of Object.entries(integration.mappings)) checkMapping(key, mapping, integration, report);
  if (Object.keys(integration.flows).length === 0) report('flows', 'is empty', 'Add at least one flow.');
  for (const [key, flow] of Object.entries(integration.flows)) checkFlow(key, flow, integration, report);
}

/** Names become parts of queues, functions, secrets and URLs; AWS cuts most of these at 64 characters. */
const longestName = 40;

function checkName(path: string, name: string, report: Report): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    report(path, `is '${name}'`, 'Use lower-case letters, digits and single hyphens, a letter first.');
  } else if (name.length > longestName) {
    report(path, `has ${name.length} characters`, `Use at most ${longestName}: AWS limits the names made of it.`);
  }
}

function checkKey(path: string, key: string, name: string, report: Report): void {
  checkName(`${path}.name`, name, report);
  if (key !== name)
    report(`${path}.name`, `is '${name}'`, `Name it '${key}' like its key, or change the key: they must agree.`);
}

function checkSystem(key: string, system: System, report: Report): void {
  const path = `systems.${key}`;
  checkKey(path, key, system.name, report);
  if (system.apiVersion?.trim() === '') report(`${path}.apiVersion`, 'is empty', "Pin the provider's API version.");
  if (system.auth !== undefined && !waysToSignIn[system.connector].includes(system.auth)) {
    const ways = waysToSignIn[system.connector].map((way) => `'${way}'`).join(' or ');
    report(`${path}.auth`, `is '${system.auth}', which ${system.connector} does not offer`, `Use ${ways}.`);
  }
  if (system.connector === 'rest') checkRest(`${path}.rest`, system, report);
  if (system.connector === 'graphql') checkGraphql(`${path}.graphql`, system, report);
  checkLimits(`${path}.limits`, system.limits ?? {}, report);
  if (system.connector === undefined && system.limits !== undefined)
    report(`${path}.limits`, 'is of a system that is never called', 'Remove it, or give the system a connector.');
  const { maxBodyBytes, quietAfterHours, scheme } = system.webhook ?? {};
  checkAbuse(`${path}.webhook`, system.webhook ?? {}, report);
  if (hasOwnSecret(system) && scheme?.ownSecret === undefined) {
    const problem = `is 'millrace', but of ${scheme?.name} the sender makes the secret`;
    report(`${path}.webhook.secretMadeBy`, problem, 'Remove it, and put the secret that the sender shows.');
  }
  checkWhole(`${path}.webhook.scheme.toleranceSeconds`, scheme?.toleranceSeconds, 0, 3600, report);
  checkWhole(`${path}.webhook.maxBodyBytes`, maxBodyBytes, 1, mostBodyBytes, report);
  checkWhole(`${path}.webhook.quietAfterHours`, quietAfterHours, 1, 24, report);
  checkBridge(`${path}.bridge`, system.bridge, report);
}

function checkMapping(key: string, mapping: Mapping, { systems }: Integration, report: Report): void {
  const path = `mappings.${key}`;
  checkKey(path, key, mapping.name, report);
  for (const side of ['left', 'right'] as const) {
    const { system, object, fields } = mapping[side];
    if (!Object.hasOwn(systems, system)) {
      report(`${path}.${side}.system`, `is '${system}'`, `Use one of the systems: ${Object.keys(systems).join(', ')}.`);
    }
    const known = (where: string, name: string) => {
      if (Object.hasOwn(fields, name)) return;
      report(
        where,
        `is '${name}', which ${object} has not`,
        `Use a field of ${object}, or declare it by withFields().`,
      );
    };
    const link = mapping.link?.[side];
    if (link !== undefined) known(`${path}.link.${side}`, link);
    for (const [index, field] of mapping.fields.entries()) known(`${path}.fields[${index}].${side}`, field[side]);
  }
  checkTransforms(path, mapping, report);
}

function checkTransforms(path: string, { fields }: Mapping, report: Report): void {
  if (fields.length === 0) report(`${path}.fields`, 'is empty', 'Map at least one field.');
  const written = new Set<string>();
  for (const [index, field] of fields.entries()) {
    const where = `${path}.fields[${index}]`;
    if (!field.toRight && !field.toLeft)
      report(where, 'has no transform', 'Give it toRight, toLeft or both, or remove it.');
    const targets = [field.toRight && `right.${field.right}`, field.toLeft && `left.${field.left}`];
    for (const target of targets) {
      if (target === undefined) continue;
      if (written.has(target)) report(where, `writes ${target} a second time`, 'Let one field alone write it.');
      written.add(target);
    }
  }
}

function checkFlow(key: string, flow: Flow, integration: Integration, report: Report): void {
  const path = `flows.${key}`;
  checkKey(path, key, flow.name, report);
  if (Object.hasOwn(integration.systems, flow.name)) {
    report(`${path}.name`, 'is the name of a system, too', 'Rename the flow: both label metrics.');
  }
  checkSource(path, flow, integration, report);
  if (!Object.values(integration.mappings).includes(flow.mapping)) {
    report(`${path}.mapping`, `is '${flow.mapping.name}', which mappings lacks`, 'Add it to mappings.');
  }
  const transform = flow.direction === 'right' ? 'toRight' : 'toLeft';
  if (!flow.mapping.fields.some((field) => field[transform])) {
    report(
      `${path}.direction`,
      `is '${flow.direction}', but no field of the mapping has ${transform}`,
      `Give one ${transform}.`,
    );
  }
  checkEnds(path, flow, integration, report);
  checkPayload(path, flow, integration, report);
  checkFlowPolicies(`${path}.policies`, { ...flow.policies }, report, integration.policies);
}

function checkSource(path: string, flow: Flow, { systems }: Integration, report: Report): void {
  const { system, events } = flow.source;
  const reads = endsOf(flow).source.object.system;
  if (!Object.hasOwn(systems, system)) {
    report(`${path}.source.system`, `is '${system}'`, `Use one of the systems: ${Object.keys(systems).join(', ')}.`);
  } else if (!systems[system]?.webhook && !systems[system]?.bridge) {
    const remedy = `Give systems.${system} a webhook or a bridge.`;
    report(`${path}.source.system`, `is '${system}', which has no webhook and no bridge`, remedy);
  }
  if (system !== reads) {
    const problem = `is '${flow.direction}', which reads ${reads}, but the events come from ${system}`;
    report(`${path}.direction`, problem, 'Turn the direction, or change the source.');
  }
  if (events.length === 0) report(`${path}.source.events`, 'is empty', 'Name the event types that wake the flow.');
  if (events.some((event) => event.trim() === '')) report(`${path}.source.events`, 'has an empty type', 'Remove it.');
  if (new Set(events).size < events.length) report(`${path}.source.events`, 'names a type twice', 'Name it once.');
}

function checkWhole(path: string, value: number | undefined, least: number, most: number, report: Report): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  report(path, `is ${value}`, `Use a whole number from ${least} to ${most}.`);
}
