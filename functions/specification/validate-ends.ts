import { callsSource, endsOf, type Flow } from './flow.ts';
import type { Integration } from './integration.ts';
import type { Report } from './problem.ts';
import { type Operation, operations, type System } from './system.ts';
import { hasVariable } from './validate-plain-http.ts';

/**
 * Holds a flow to what its two systems can do. A flow whose direction reads another system than its events come from is
 * told already: what it would read and write means nothing.
 */
export function checkEnds(path: string, flow: Flow, { systems }: Integration, report: Report): void {
  const { source, destination } = endsOf(flow);
  if (source.object.system !== flow.source.system) return;
  const [reads, writes] = [systems[source.object.system], systems[destination.object.system]];
  if (reads !== undefined && callsSource(flow)) checkSource(path, flow, reads, report);
  if (writes !== undefined) checkDestination(path, flow, writes, report);
}

function checkSource(path: string, flow: Flow, system: System, report: Report): void {
  const { object, link } = endsOf(flow).source;
  const { name } = system;
  if (system.connector === undefined) {
    const problem = `has a flow that calls ${name}, which has no connector`;
    const remedy = `Give systems.${name} a connector, or let the flow use payload: 'event' and no link in ${object.object}.`;
    report(path, problem, remedy);
    return;
  }
  if (flow.payload !== 'event' && !howOf(system, object.object, 'read')) {
    report(path, `reads ${object.object} of ${name}, which has no read for it`, `Add it to systems.${name}.`);
  }
  const write = howOf(system, object.object, 'write');
  // Whoever replaces a record by its link alone empties it.
  const links = system.connector === 'rest' ? write?.startsWith('PATCH ') : write;
  if (link !== undefined && !links) {
    const remedy = "Give it one that changes single fields ('PATCH /orders/{id}'), or remove the mapping's link there.";
    report(path, `links ${object.object} of ${name}, which has no write for it`, remedy);
  }
}

function checkDestination(path: string, flow: Flow, system: System, report: Report): void {
  const { object, link } = endsOf(flow).destination;
  const { name, connector } = system;
  if (connector === undefined) {
    report(`${path}.direction`, `writes ${name}, which has no connector`, `Give systems.${name} one.`);
    return;
  }
  const operation = `${path}.operation`;
  if (!operations[connector].includes(flow.operation)) {
    const able = operations[connector].map((each) => `'${each}'`).join(' or ');
    report(operation, `is '${flow.operation}', which ${connector} can't do safely`, `Use ${able}.`);
    return;
  }
  if (connector !== 'rest' && connector !== 'graphql') {
    if (link !== undefined) return;
    const side = flow.direction;
    const remedy = `Add link: { ${side}: '<field of ${object.object}>' } to the mapping.`;
    report(`${path}.mapping`, `has no link.${side}, by which ${connector} finds what it wrote`, remedy);
    return;
  }
  const write = howOf(system, object.object, 'write');
  if (write === undefined) {
    report(path, `writes ${object.object} of ${name}, which has no write for it`, `Add it to systems.${name}.`);
  } else if (!fits(flow.operation, write)) {
    const remedy = `Use '${flow.operation === 'put' ? 'append' : 'put'}', or change the write of ${object.object} in systems.${name}.`;
    report(operation, `is '${flow.operation}', but ${object.object} is not written so`, remedy);
  }
}

/** How a system reads or writes an object: a route, a document, or the connector's own way. */
function howOf(system: System, object: string, what: 'read' | 'write'): string | undefined {
  if (system.connector === 'rest') return own(system.rest.routes, object)?.[what];
  if (system.connector === 'graphql') return own(system.graphql.operations, object)?.[what];
  return system.connector;
}

function own<Value>(entries: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

/** Whether a route or document does that operation. */
function fits(operation: Operation, write: string): boolean {
  const appends = write.startsWith('POST ') || hasVariable(write, 'key');
  return appends === (operation === 'append');
}
