import type { LimitStore } from '../../functions/contract/limits.ts';
import type { TokenStore } from '../../functions/contract/tokens.ts';
import type { RefreshServices } from '../../functions/refresh-token/refresh.ts';
import { MemoryLimitStore } from '../functions/deliver-event/support/limit-store.ts';
import type { Breakage } from './breakage.ts';

/** Each container has limits of its own. */
export const limitsAlone: Breakage = { ports: (right) => ({ ...right, limits: new MemoryLimitStore() }) };

/** The others are not told that the quota is spent. */
export const quotaUntold: Breakage = onLimits((right) => ({ report: (system) => right.read(system) }));

/** The others are not told when the system may be called again. */
export const hintUntold: Breakage = onLimits(() => ({ holdUntil: async () => {} }));

function onLimits(change: (right: LimitStore) => Partial<LimitStore>): Breakage {
  return { ports: (right) => ({ ...right, limits: { ...right.limits, ...change(right.limits) } }) };
}

/** Whoever wants to refresh a token does. */
export const noLease: Breakage = onTokens((right) => ({
  replace: async (system, _seen, next) => right.replace(system, await right.read(system), next),
  read: async (system) => ({ ...(await right.read(system)), lease: undefined }),
}));

/** How young a token is makes no difference. */
export const ageless: Breakage = onTokens((right) => ({
  read: async (system) => ({ ...(await right.read(system)), issuedMs: 0 }),
}));

/** Refused credentials are shown again at once. */
export const insistent: Breakage = onRefresh((right) => ({ rules: { ...right.rules, waitMs: 0 } }));

function onTokens(change: (right: TokenStore) => Partial<TokenStore>): Breakage {
  return onRefresh(({ tokens }) => ({ tokens: { ...tokens, ...change(tokens) } }));
}

function onRefresh(change: (right: RefreshServices) => Partial<RefreshServices>): Breakage {
  return { refresh: (right) => ({ ...right, ...change(right) }) };
}
