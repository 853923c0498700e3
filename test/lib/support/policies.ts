import type { Template } from 'aws-cdk-lib/assertions';

/** One statement of a template's policies, with names for references instead of intrinsic functions. */
export interface Statement {
  /** Logical id of the policy's resource. */
  readonly policy: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Who: of resources' own policies only. */
  readonly principals: string;
}

/** Every statement that says what a role may do, and every one that says who may use a resource. */
export function statementsOf(template: Template): { roles: Statement[]; resources: Statement[] } {
  const [roles, resources]: [Statement[], Statement[]] = [[], []];
  for (const [policy, { Type, Properties }] of Object.entries(
    template.toJSON().Resources as Record<string, Resource>,
  )) {
    if (Type === 'AWS::IAM::Policy') roles.push(...parse(policy, Properties.PolicyDocument));
    // The CDK's own function that empties a bucket may write its log; the rest is in the bucket's policy.
    const isEmptying = policy.startsWith('CustomS3AutoDeleteObjects');
    if (!isEmptying && (Properties?.ManagedPolicyArns || Properties?.Policies))
      throw new Error(`${policy}: read these policies, too`);
    for (const document of [Properties?.KeyPolicy, policyOfResource(Type, Properties)]) {
      if (document) resources.push(...parse(policy, document));
    }
  }
  return { roles, resources };
}

// biome-ignore lint/suspicious/noExplicitAny: templates have no types.
type Resource = { Type: string; Properties: any };

function policyOfResource(type: string, properties: Resource['Properties']) {
  return /^AWS::(SQS::Queue|SNS::Topic|S3::Bucket)Policy$/.test(type) ? properties.PolicyDocument : undefined;
}

function parse(
  policy: string,
  document: { Statement: { Effect: string; Action: unknown; Resource: unknown; Principal?: unknown }[] },
) {
  return document.Statement.map(({ Effect, Action, Resource, Principal }) => ({
    policy,
    effect: Effect,
    actions: [Action].flat().map(String),
    resources: [Resource].flat().map(flatten),
    principals: flatten(Principal),
  }));
}

/** An ARN as one text: literals stay, references become the names they hold. */
export function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(flatten).join('');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(flatten).join('.');
  return String(value);
}
