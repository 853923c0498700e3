import { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Limits } from '../functions/contract/limits.ts';
import { settlingMs, startingMs } from '../functions/contract/timing.ts';
import type { Integration } from '../functions/specification/integration.ts';
import type { PolicyOverrides } from '../functions/specification/policies.ts';
import { partnerSourceForm, type System, type Throttling } from '../functions/specification/system.ts';
import { checkLimits } from '../functions/specification/validate-limits.ts';
import { checkGateway, type Gateway, type StageDomain } from './stage-gateway.ts';

/** One installation of Millrace: everything that may differ between a developer's machine and production. */
export interface Stage {
  /** Part of every name: `dev` makes `millrace-dev-data`. Lower-case letters and digits. */
  readonly name: string;
  /** `emulator` is deployed with what `lib/emulator-differences.ts` lists, and has no other difference. */
  readonly runsOn: 'aws' | 'emulator';
  /**
   * What becomes of queues, tables, secrets, topics and their key when their stack goes: `retain` keeps them, so that
   * a mistaken `cdk destroy` loses no event, and protects the data stack from being destroyed at all.
   */
  readonly statefulResources: 'destroy' | 'retain';
  /** Timeout of every function, in seconds, 3..30 (HTTP APIs wait 30 s, REST APIs 29 s). The queues' visibility timeout is 6 x this. */
  readonly functionTimeoutSeconds: number;
  /** Longest one call to a system may take, in milliseconds; at least 2.5 s less than the function's timeout. */
  readonly callTimeoutMs: number;
  /**
   * What takes the webhooks. `rest` costs 3.5 times as much, and can be guarded by WAF; a source's URL changes with it,
   * unless the stage has a `domain`. The account and region need a CloudWatch role for it, see README "Deploy to AWS".
   * @default 'http'
   */
  readonly gateway?: Gateway;
  /** A regional web ACL that guards a `rest` gateway. @default none */
  readonly webAclArn?: string;
  /** @default the address that AWS gives the API */
  readonly domain?: StageDomain;
  /** Throttling of each of the webhook API's routes, where its source says nothing else. */
  readonly throttling: Throttling;
  /** How long the functions' logs and the access log are kept. */
  readonly logRetention: RetentionDays;
  /**
   * Concurrency kept free for each receiver, so that a delivery backlog can't close the door. AWS refuses it unless 100
   * of the account's concurrency stay unreserved, and new accounts have 10 in all: raise that quota before setting it.
   * @default none reserved
   */
  readonly receiverConcurrency?: number;
  /**
   * Delivery's numbers in this stage, over those of integrations and flows: shorter clocks for a machine to try on.
   * @default none
   */
  readonly policies?: PolicyOverrides;
  /**
   * How often systems may be called in this stage, by the system's name, in place of what the specification says: a
   * sandbox has other limits than production.
   * @default as specified
   */
  readonly limits?: Readonly<Record<string, Limits>>;
  /**
   * The partner event sources that systems with a bridge are heard by in this stage, by the system's name:
   * `aws.partner/stripe.com/ed_...`. An emulator has no partners, and takes any name but one that begins with `aws.`.
   * @default as specified; a bridge without one is not deployed
   */
  readonly partnerSources?: Readonly<Record<string, string>>;
  /**
   * Lets any system be on a private network, and be called by plain http there, whatever its specification says: the
   * simulated systems are on this machine.
   * @default false
   */
  readonly allowPrivateAddresses?: boolean;
  /**
   * Where the alarms' runbook is read: set it to the address of `docs/runbook.md` in your repository's web view.
   * @default 'docs/runbook.md'
   */
  readonly runbookUrl?: string;
}

/**
 * Refuses a stage whose numbers contradict each other.
 * @throws {Error} naming the field and the remedy: whoever edited `bin/stages.ts` must act.
 */
export function checkStage(stage: Stage): void {
  const where = `Stage '${stage.name}'`;
  if (!/^[a-z][a-z0-9]{0,15}$/.test(stage.name)) {
    throw new Error(`${where}: name must be 1 to 16 lower-case letters and digits, a letter first. Rename it.`);
  }
  const { functionTimeoutSeconds: timeout, callTimeoutMs } = stage;
  if (!Number.isInteger(timeout) || timeout < 3 || timeout > 30) {
    throw new Error(`${where}: functionTimeoutSeconds is ${timeout}. Use a whole number from 3 to 30.`);
  }
  const longest = timeout * 1000 - settlingMs - startingMs;
  if (!Number.isInteger(callTimeoutMs) || callTimeoutMs < 100 || callTimeoutMs > longest) {
    throw new Error(
      `${where}: callTimeoutMs is ${callTimeoutMs}. Use a whole number from 100 to ${longest}, which is ` +
        'functionTimeoutSeconds less 2.5 s, or raise functionTimeoutSeconds.',
    );
  }
  checkGateway(stage);
}

/**
 * Refuses limits of a stage that are of no system, or that no function could keep.
 * @throws {Error} naming the field and the remedy: whoever edited `bin/stages.ts` must act.
 */
export function checkStageLimits({ name, limits = {} }: Stage, integrations: readonly Integration[]): void {
  const systems = new Set(integrations.flatMap((integration) => Object.keys(integration.systems)));
  const refuse = (path: string, problem: string, remedy: string) => {
    throw new Error(`Stage '${name}': ${path} ${problem}. ${remedy}`);
  };
  for (const [system, own] of Object.entries(limits)) {
    const known = `Remove it, or use one of the systems: ${[...systems].join(', ')}.`;
    if (!systems.has(system)) refuse(`limits.${system}`, 'is of a system that no integration has', known);
    checkLimits(`limits.${system}`, own, refuse);
  }
}

/**
 * Refuses partner event sources of a stage that no system takes, or that AWS would not know, and systems that can't be
 * heard in it.
 * @throws {Error} naming the field and the remedy: whoever edited `bin/stages.ts` must act.
 */
export function checkPartnerSources(stage: Stage, integrations: readonly Integration[]): void {
  const refuse = (path: string, problem: string, remedy: string) => {
    throw new Error(`Stage '${stage.name}': ${path} ${problem}. ${remedy}`);
  };
  const systems = integrations.flatMap((integration) => Object.values(integration.systems));
  for (const [name, source] of Object.entries(stage.partnerSources ?? {})) {
    const path = `partnerSources.${name}`;
    const isTaken = systems.some((system) => system.name === name && system.bridge !== undefined);
    if (!isTaken) refuse(path, 'is of a system without a bridge', `Remove it, or give systems.${name} a bridge.`);
    const isKnown =
      stage.runsOn === 'aws' ? partnerSourceForm.test(source) : /^(?!aws\.)[\w.-]+(\/[\w.-]+)*$/.test(source);
    const form =
      stage.runsOn === 'aws' ? "'aws.partner/stripe.com/ed_...'" : "another name: 'local.partner/stripe.com/ed_local'";
    if (!isKnown) refuse(path, `is '${source}', which can be no event source there`, `Use ${form}.`);
  }
  for (const system of systems) {
    if (system.webhook !== undefined || system.bridge === undefined || partnerSourceOf(stage, system) !== undefined)
      continue;
    const remedy = `Name its partner event source there, or in systems.${system.name}.bridge.`;
    refuse(`partnerSources.${system.name}`, 'is missing, and the system has no webhook', remedy);
  }
}

/** The partner event source that a system is heard by in a stage; undefined where it has no such door there. */
export function partnerSourceOf({ runsOn, partnerSources = {} }: Stage, { name, bridge }: System): string | undefined {
  if (bridge === undefined) return undefined;
  const own = Object.hasOwn(partnerSources, name) ? partnerSources[name] : undefined;
  // An emulator has nobody who could send as a partner of AWS.
  return own ?? (runsOn === 'aws' ? bridge.partnerSource : undefined);
}

/** How often an integration's systems may be called in a stage. The stage's word counts: a sandbox has other limits than production. */
export function limitsIn({ limits: own = {} }: Stage, { systems }: Integration): Record<string, Limits> {
  const specified = Object.values(systems).map(({ name, limits }) => [name, limits] as const);
  const all = new Map([...specified, ...Object.entries(own)]);
  return Object.fromEntries(
    [...all].flatMap(([name, limits]) =>
      limits === undefined || !Object.hasOwn(systems, name) ? [] : [[name, limits]],
    ),
  );
}

/** What becomes of the stage's stateful resources when they leave their stack. */
export function removalOf(stage: Stage): RemovalPolicy {
  return stage.statefulResources === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
