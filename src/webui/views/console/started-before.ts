import { useEffect, useState } from 'react';

const keyOf = (artifactId: string) => `ldf-console-${artifactId}`;

/** Whether this tab had a machine of the artifact when it was loaded again; a page that is left by a link forgets it. */
export function useStartedBefore(artifactId: string): boolean {
  const key = keyOf(artifactId);
  const [before] = useState(() => sessionStorage.getItem(key) !== null);
  useEffect(() => {
    sessionStorage.setItem(key, 'started');
    return () => sessionStorage.removeItem(key);
  }, [key]);
  return before;
}
