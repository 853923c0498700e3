/** Options that several commands share. */
export const stageOption = {
  stage: { type: 'string', value: 'NAME', help: 'the stage to act on (default: local, what npm start runs here)' },
} as const;

export const flowOption = {
  flow: { type: 'string', value: 'FLOW', help: 'only in this flow (default: in all)' },
} as const;

export const yesOption = {
  yes: { type: 'boolean', help: 'do not ask; needed where no terminal is there to ask in' },
} as const;
