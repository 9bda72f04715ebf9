/** What a campaign may show at the most. */

/** Memory that may stay in use when all is over: V8 keeps pages, and caches have their bounds. */
export const maxGrownBytes = 50 << 20;
/** Memory that 500 followers of events and 200 readers who do not read may take together. */
export const maxReadersBytes = 300 << 20;
