/** Logs out whoever is logged in, and somebody in by their token. */
export async function logInAs(page, base, token) {
  await page.goto(base);
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('Use a token').click();
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Review' }).waitFor();
}
