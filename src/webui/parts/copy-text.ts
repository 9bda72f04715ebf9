import { notifications } from '@mantine/notifications';

/** Into the clipboard; where the browser has none for this page, as over plain HTTP, the text is shown instead. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notifications.show({ title: `Copied the ${what}`, message: text });
  } catch {
    notifications.show({ title: `The ${what}`, message: text, autoClose: false });
  }
}
