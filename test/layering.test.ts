import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may know whom, by folder; a file belongs to the longest one that contains it. Within itself, each may. */
const mayKnow: Record<string, readonly string[]> = {
  'functions/contract': [],
  'functions/specification': ['functions/contract'],
  'functions/engine': ['functions/contract', 'functions/specification'],
  'functions/signatures': ['functions/contract', 'functions/engine'],
  'functions/connectors': ['functions/contract', 'functions/engine'],
  'functions/connectors/http': ['functions/connectors', 'functions/contract', 'functions/engine'],
  'functions/connectors/*': [
    'functions/connectors',
    'functions/connectors/http',
    'functions/contract',
    'functions/engine',
  ],
  'functions/aws': ['functions/connectors', 'functions/contract', 'functions/engine'],
  'functions/state': ['functions/connectors', 'functions/contract', 'functions/engine'],
  'functions/intake': ['functions/contract', 'functions/specification'],
  'functions/parking': ['functions/contract', 'functions/engine', 'functions/state'],
  'functions/rotation': ['functions/contract'],
  'functions/*': [
    'functions/aws',
    'functions/connectors',
    'functions/connectors/http',
    'functions/contract',
    'functions/engine',
    'functions/intake',
    'functions/parking',
    'functions/rotation',
    'functions/specification',
    'functions/state',
  ],
  integrations: [
    'functions/connectors/*',
    'functions/connectors/http',
    'functions/signatures',
    'functions/specification',
  ],
  lib: ['functions/contract', 'functions/specification'],
  'bin/app.ts': ['bin', 'bin/stages.ts', 'integrations', 'lib'],
  'bin/stages.ts': ['lib'],
  bin: [
    'integrations',
    'functions/aws',
    'functions/connectors/http',
    'functions/contract',
    'functions/engine',
    'functions/parking',
    'functions/signatures',
    'functions/state',
    'local',
  ],
  scripts: [
    'integrations',
    'functions/*',
    'functions/connectors/http',
    'functions/contract',
    'functions/signatures',
    'functions/specification',
  ],
  local: [],
};

const anything = /^/;
const atDeployTime = /^(aws-cdk-lib|constructs|cdk-nag)\b/;

/** Which packages and Node built-ins, by the first pattern that fits the file. */
const mayImport: readonly { files: RegExp; only: RegExp; never?: RegExp }[] = [
  { files: /^functions\/(contract|specification)\//, only: /^valibot$/ },
  { files: /^functions\/state\//, only: /^(valibot$|aws-lambda$|@aws-lambda-powertools\/idempotency\b)/ },
  { files: /^functions\/(engine|intake|parking|rotation)\//, only: /^$/ },
  { files: /^functions\/signatures\//, only: /^node:(crypto|zlib)$/ },
  { files: /^functions\/connectors\//, only: /^(valibot$|saxes$|node:)/ },
  { files: /^functions\/(aws\/|[^/]+\/handler\.ts$)/, only: anything, never: atDeployTime },
  { files: /^functions\//, only: anything, never: /^(@aws-sdk\/|aws-cdk-lib|constructs|cdk-nag)/ },
  { files: /^integrations\//, only: /^valibot$/ },
  { files: /^(lib\/|bin\/app\.ts|bin\/stages\.ts)/, only: anything, never: /^@aws-(sdk|lambda-powertools)\// },
  { files: /^(bin|scripts|local)\//, only: anything, never: atDeployTime },
];

const root = dirname(import.meta.dirname);

describe('the import graph', () => {
  const graph = readGraph(root);

  test('is seen whole', () => {
    const folders = new Set(graph.files.map((file) => placeOf(file).key));

    expect(graph.files.length).toBeGreaterThan(100);
    expect(graph.imports.length).toBeGreaterThan(300);
    expect([...folders].toSorted()).toEqual(Object.keys(mayKnow).toSorted());
  });

  test('obeys who may know whom', () => {
    const problems = [...strangers(graph), ...foreignPackages(graph)];

    expect(problems).toEqual([]);
  });

  test('has no circles between folders', () => {
    const circles = circlesOf(graph);

    expect(circles).toEqual([]);
  });
});

describe('the same rules over a tree that breaks them', () => {
  const graph = readGraph(join(root, 'test/fixtures/layering'));

  test('find each stranger, by whatever kind of import, and none in comments and texts', () => {
    const problems = strangers(graph);

    expect(problems).toEqual([
      'functions/connectors/stripe/client.ts knows functions/connectors/salesforce/client.ts',
      'functions/contract/message.ts knows functions/engine/rule.ts',
      'functions/deliver-event/deliver.ts knows functions/receive-webhook/receive.ts',
      'functions/engine/rule.ts knows lib/stack.ts',
      'functions/receive-webhook/receive.ts knows integrations/shop/integration.ts',
      'functions/state/health.ts knows functions/deliver-event/deliver.ts',
      'integrations/shop/integration.ts knows functions/engine/rule.ts',
      'local/start.ts knows functions/contract/message.ts',
      'local/start.ts knows local/gone.ts, which does not exist',
    ]);
  });

  test('find each package where it does not belong', () => {
    const problems = foreignPackages(graph);

    expect(problems).toEqual([
      'functions/deliver-event/deliver.ts imports @aws-sdk/client-sqs',
      'functions/deliver-event/deliver.ts imports aws-cdk-lib',
      'functions/engine/rule.ts imports node:fs',
      'functions/state/health.ts imports @aws-sdk/client-dynamodb',
    ]);
  });

  test('find the circle', () => {
    const circles = circlesOf(graph);

    expect(circles).toEqual(['lib/alarms <-> lib/constructs']);
  });
});

interface Graph {
  readonly root: string;
  /** Relative to the root. */
  readonly files: readonly string[];
  readonly imports: readonly { readonly from: string; readonly specifier: string }[];
}

function readGraph(of: string): Graph {
  const files = ['bin', 'functions', 'integrations', 'lib', 'local', 'scripts']
    .filter((folder) => existsSync(join(of, folder)))
    .flatMap((folder) =>
      readdirSync(join(of, folder), { recursive: true, encoding: 'utf8' }).map((f) => join(folder, f)),
    )
    .filter((file) => file.endsWith('.ts'))
    .toSorted();
  const imports = files.flatMap((from) =>
    specifiersIn(readFileSync(join(of, from), 'utf8')).map((specifier) => ({ from, specifier })),
  );
  return { root: of, files, imports };
}

/** Of static, type-only, side-effect and dynamic imports, and of re-exports; not of comments and generated code. */
function specifiersIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const statement =
    /^(?:import\s+(?:[^'";]*?\sfrom\s*)?|export\s+(?:type\s+)?(?:\*[^'";]*?|\{[^}]*\})\s*from\s*)'([^']+)'/gm;
  const expression = /\bimport\(\s*'([^']+)'/g;
  const found = [...code.matchAll(statement), ...code.matchAll(expression)].map(([, specifier = '']) => specifier);
  return found.filter((specifier) => !specifier.includes('${'));
}

/** The key of `mayKnow` that a file falls under, and the folder (or file) of the tree that it names there. */
function placeOf(file: string): { key: string; path: string } {
  const places = Object.keys(mayKnow).flatMap((key) => {
    const path = new RegExp(`^${key.replaceAll('*', '[^/]+(?=/)')}(?=/|$)`).exec(file)?.[0];
    return path === undefined ? [] : [{ key, path }];
  });
  const rank = ({ key, path }: { key: string; path: string }) => path.length * 2 + (key.includes('*') ? 0 : 1);
  const [best] = places.toSorted((one, other) => rank(other) - rank(one));
  if (best === undefined) throw new Error(`${file} is in no folder that mayKnow names: say there whom it may know.`);
  return best;
}

const isRelative = (specifier: string) => specifier.startsWith('.');

function knownFiles({ imports }: Graph) {
  const relative = imports.filter(({ specifier }) => isRelative(specifier));
  return relative.map(({ from, specifier }) => ({ from, to: normalize(join(dirname(from), specifier)) }));
}

function strangers(graph: Graph): string[] {
  return knownFiles(graph).flatMap(({ from, to }) => {
    if (!existsSync(join(graph.root, to))) return [`${from} knows ${to}, which does not exist`];
    const [one, other] = [placeOf(from), placeOf(to)];
    return one.path === other.path || mayKnow[one.key]?.includes(other.key) ? [] : [`${from} knows ${to}`];
  });
}

function foreignPackages({ imports }: Graph): string[] {
  const packages = imports.filter(({ specifier }) => !isRelative(specifier));
  return packages.flatMap(({ from, specifier }) => {
    const rule = mayImport.find(({ files }) => files.test(from));
    const allowed = rule?.only.test(specifier) && !rule.never?.test(specifier);
    return allowed ? [] : [`${from} imports ${specifier}`];
  });
}

/** Folders that know one another, at whatever distance. A folder and one inside it are one house here. */
function circlesOf(graph: Graph): string[] {
  const known = new Map<string, Set<string>>();
  for (const { from, to } of knownFiles(graph)) {
    const [one, other] = [dirname(from), dirname(to)];
    if (`${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`)) continue;
    known.set(one, (known.get(one) ?? new Set()).add(other));
  }
  const reached = new Map([...known.keys()].map((folder) => [folder, reachableFrom(folder, known)]));
  const circles = [...reached].flatMap(([folder, others]) => {
    const members = [...others].filter((other) => reached.get(other)?.has(folder));
    return members.length === 0 ? [] : [members.toSorted().join(' <-> ')];
  });
  return [...new Set(circles)];
}

function reachableFrom(start: string, known: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...(known.get(start) ?? [])];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (reached.has(folder)) continue;
    reached.add(folder);
    waiting.push(...(known.get(folder) ?? []));
  }
  return reached;
}
