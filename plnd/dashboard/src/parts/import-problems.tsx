/** The first entries of a file that could not be imported, and why. */
export function ImportProblems({ problems }: { problems: { where: string; message: string }[] }) {
  if (problems.length === 0) return null;
  return (
    <ul class="plain invalid">
      {problems.slice(0, 5).map(({ where, message }) => (
        <li key={where}>
          {where}: {message}
        </li>
      ))}
    </ul>
  );
}
