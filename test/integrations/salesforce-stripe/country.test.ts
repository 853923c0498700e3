import { describe, expect, test } from 'vitest';
import { countryCode, countryName } from '../../../integrations/salesforce-stripe/mappings/country.ts';

/** ISO 3166-1 alpha-2, officially assigned. */
const assigned = `
  AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
  CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
  GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
  KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
  MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
  SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
  UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`
  .trim()
  .split(/\s+/);

describe('a country', () => {
  test('comes back as the code it went as, for every code of ISO 3166-1', () => {
    const names = assigned.map(countryName);

    const codes = names.map(countryCode);

    expect(assigned).toHaveLength(249);
    expect(codes).toEqual(assigned);
    expect(names.filter((name) => name.length <= 2)).toEqual([]);
  });

  test('comes back as the name it went as', () => {
    const names = assigned.map(countryName);

    const again = names.map((name) => countryName(countryCode(name) ?? ''));

    expect(again).toEqual(names);
  });

  test.each([
    { code: 'DE', name: 'Germany' },
    { code: 'GB', name: 'United Kingdom' },
    { code: 'US', name: 'United States' },
    { code: 'us', name: 'United States' },
    { code: 'CI', name: 'Côte d’Ivoire' },
    { code: 'QQ', name: 'QQ' },
    { code: 'Germany', name: 'Germany' },
  ])('of the code $code is named $name', ({ code, name }) => {
    const named = countryName(code);

    expect(named).toBe(name);
  });

  test.each([
    { name: 'germany', code: 'DE' },
    { name: '  United States ', code: 'US' },
    { name: 'CÔTE D’IVOIRE', code: 'CI' },
    { name: 'fr', code: 'FR' },
    { name: 'UK', code: 'GB' },
    { name: 'QQ', code: undefined },
    { name: 'Atlantis', code: undefined },
    { name: 'Deutschland', code: undefined },
  ])('of the name "$name" has the code $code', ({ name, code }) => {
    const found = countryCode(name);

    expect(found).toBe(code);
  });
});
