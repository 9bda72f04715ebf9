/** How long a machine that was booted by hand runs at the most, in seconds; then it is powered off. */
export const consoleSeconds = 30 * 60;
