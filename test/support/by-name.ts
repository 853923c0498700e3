import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Runs the files of a project in the order of their names, where Vitest would take the slowest first: what looks back
 * at the others, or removes what they share, is named to come last.
 */
export default class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const key = ({ project, moduleId }: TestSpecification) => `${project.name} ${moduleId}`;
    return files.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
  }
}
