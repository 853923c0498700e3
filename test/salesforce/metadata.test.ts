import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { salesforce as standard } from '../../functions/connectors/salesforce/objects.ts';
import { customerAccount } from '../../integrations/salesforce-stripe/mappings/customer-account.ts';
import salesforce from '../../integrations/salesforce-stripe/systems/salesforce.ts';
import { entriesOf, namesOf, project, readMetadata, readSource, sourceFiles, valuesOf } from './apex-project.ts';

const metadata = sourceFiles.filter((path) => path.endsWith('-meta.xml'));
const permissions = readMetadata('permissionsets/Millrace_Integration.permissionset-meta.xml');

describe('the metadata of the Salesforce project', () => {
  test('is all of it well-formed, of the one namespace, and of the kind that its name says', () => {
    const roots = metadata.map((path) => [path, readMetadata(path)] as const);

    const wrong = roots.filter(([path, { name, namespace }]) => {
      const kind = /\.(\w+)-meta\.xml$/.exec(path)![1];
      return namespace !== 'http://soap.sforce.com/2006/04/metadata' || name !== kinds[kind!];
    });
    expect(roots.length).toBeGreaterThan(25);
    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  test('goes with every class and trigger, and with nothing that is not there', () => {
    const code = sourceFiles.filter((path) => /\.(cls|trigger)$/.test(path));
    const described = metadata.filter((path) => /\.(cls|trigger)-meta\.xml$/.test(path));

    expect(described).toEqual(code.map((path) => `${path}-meta.xml`));
    expect(code.length).toBeGreaterThan(8);
  });

  test('has the one API version of the integration', () => {
    const declared = JSON.parse(readFileSync(join(project, 'sfdx-project.json'), 'utf8'));
    const versions = metadata.flatMap((path) => valuesOf(readMetadata(path), 'apiVersion'));

    expect(declared.sourceApiVersion).toBe(salesforce.apiVersion);
    expect(versions).toHaveLength(namesOf('.cls').length + namesOf('.trigger').length);
    expect(new Set(versions)).toEqual(new Set([salesforce.apiVersion]));
  });

  test('names each field as its file is named', () => {
    const fields = metadata.filter((path) => path.endsWith('.field-meta.xml'));

    const names = fields.map((path) => valuesOf(readMetadata(path), 'fullName')[0]);

    expect(names).toEqual(fields.map((path) => basename(path, '.field-meta.xml')));
  });
});

describe('the fields that the integration maps', () => {
  const used = [customerAccount.link!.right!, ...customerAccount.fields.map(({ right }) => right)];
  const own = used.filter((name) => name.endsWith('__c'));
  const fieldFile = (name: string) => readMetadata(`objects/Account/fields/${name}.field-meta.xml`);

  test('are standard, or are in the project', () => {
    const missing = used.filter((name) => !(name in standard.account.fields) && !own.includes(name));

    expect(missing).toEqual([]);
    expect(own.map((name) => valuesOf(fieldFile(name), 'fullName')[0])).toEqual(own);
    expect(own).toHaveLength(2);
  });

  test('have for their link a unique external id that minds case', () => {
    const link = fieldFile(customerAccount.link!.right!);

    const rules = ['type', 'externalId', 'unique', 'caseSensitive'].map((name) => valuesOf(link, name)[0]);
    expect(rules).toEqual(['Text', 'true', 'true', 'true']);
  });

  test('may be written by the integration user, as Accounts may', () => {
    const granted = entriesOf(permissions, 'fieldPermissions').filter(({ editable }) => editable === 'true');
    // An address is granted as a whole; a required field, as Name is, can't be granted.
    const needed = used
      .filter((name) => name !== 'Name')
      .map((name) => name.replace(/^Billing[A-Z].*/, 'BillingAddress'));

    expect(new Set(granted.map(({ field }) => field))).toEqual(new Set(needed.map((name) => `Account.${name}`)));
    expect(entriesOf(permissions, 'objectPermissions')).toMatchObject([
      { object: 'Account', allowCreate: 'true', allowEdit: 'true', allowRead: 'true', allowDelete: 'false' },
    ]);
  });
});

describe('what must be in no source', () => {
  test('is not in the metadata: no record with the secret, no address but an example', () => {
    const texts = sourceFiles.map(readSource).join('\n');
    const hosts = [...texts.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host]) => host!);

    expect(sourceFiles.filter((path) => /customMetadata|\.md-meta/.test(path))).toEqual([]);
    expect(readFileSync(join(project, '.forceignore'), 'utf8')).toContain('**/customMetadata/**');
    expect(new Set(hosts)).toEqual(new Set(['soap.sforce.com', 'millrace.example.com']));
  });

  test('is not in the code: no text there could be a secret but that of the tests', () => {
    const code = [
      ...namesOf('.cls')
        .filter((name) => !/Test$|Door$/.test(name))
        .map((name) => `classes/${name}.cls`),
    ];
    const literals = code.flatMap((path) => [...readSource(path).matchAll(/'([^']*)'/g)].map(([, text]) => text!));

    expect(literals.length).toBeGreaterThan(20);
    expect(literals.filter((text) => /^[\w+/=:.-]{21,}$/.test(text))).toEqual([]);
  });

  test('may be seen by few: the type of the record is protected', () => {
    const type = readMetadata('objects/Millrace_Endpoint__mdt/Millrace_Endpoint__mdt.object-meta.xml');

    expect(valuesOf(type, 'visibility')).toEqual(['Protected']);
  });
});

test('the README names every part that is deployed, and no other class', () => {
  const readme = readFileSync(join(project, 'README.md'), 'utf8');
  const named = [...new Set(readme.match(/\bMillrace[A-Z]\w+/g))];
  const classes = [...namesOf('.cls'), ...namesOf('.trigger')];

  expect(named.filter((name) => !classes.includes(name))).toEqual([]);
  expect(classes.filter((name) => !/Test$|Door$/.test(name) && !named.includes(name))).toEqual([]);
  expect(readme).toContain('It was not run on an org');
  expect(readdirSync(project)).toContain('sfdx-project.json');
});

const kinds: Record<string, string> = {
  cls: 'ApexClass',
  trigger: 'ApexTrigger',
  field: 'CustomField',
  object: 'CustomObject',
  layout: 'Layout',
  tab: 'CustomTab',
  listView: 'ListView',
  customPermission: 'CustomPermission',
  permissionset: 'PermissionSet',
  remoteSite: 'RemoteSiteSetting',
};
