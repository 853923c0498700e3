import type { EventReport, FlowReport } from './report.ts';
import type { Scan, Span } from './stage-logs.ts';

/**
 * For scripts. Fields may be added, and none is taken away or changes its meaning; what is not known is null. Times are
 * ISO 8601.
 */
export function traceToJson(id: string, reports: readonly EventReport[], scan: Scan, span: Span) {
  return {
    id,
    looked: {
      from: iso(span.fromMs),
      logGroups: scan.groups,
      requests: scan.requests,
      cutShort: scan.cutShort.map(({ group, atMs }) => ({ logGroup: group, until: iso(atMs) })),
    },
    events: reports.map((report) => ({
      integration: report.integration,
      event: report.eventId,
      type: report.eventType ?? null,
      key: report.subject ?? null,
      correlationId: report.correlationId ?? null,
      received: iso(report.receivedMs),
      outcome: report.unqueued ?? null,
      flows: report.flows.map(flowToJson),
    })),
  };
}

function flowToJson({ flow, state, verdict, ends, destinationId, steps }: FlowReport) {
  return {
    flow,
    state,
    verdict,
    source: ends?.source ?? null,
    destination: ends?.destination ?? null,
    destinationId: destinationId ?? null,
    steps: steps.map(({ atMs, told, entry }) => ({
      at: atMs === undefined ? null : iso(atMs),
      told,
      message: entry?.message ?? null,
      code: entry?.code ?? null,
      attempts: entry?.attempts ?? null,
      waitSeconds: entry?.waitSeconds ?? null,
    })),
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
