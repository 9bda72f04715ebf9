/** Named volumes on the Docker Engine, marked with who owns them. */
import type Docker from 'dockerode';
import { LdfError } from '../../errors.ts';
import type { OwnedVolume, Owner, VolumeRole } from '../runtime.ts';
import { labels } from '../runtime.ts';
import { answerIfThere, answerOf, dockerError, engineMessage, httpStatus } from './docker-error.ts';
import { ownerLabels, ownerOf, roleOf } from './ownership.ts';

export class DockerVolumes {
  readonly #docker: Docker;
  readonly #installation: string;

  constructor(docker: Docker, installation: string) {
    this.#docker = docker;
    this.#installation = installation;
  }

  async ensure(name: string, role: VolumeRole, owner?: Owner): Promise<void> {
    const marks = { [labels.installation]: this.#installation, [labels.role]: role, ...(owner && ownerLabels(owner)) };
    await answerOf(`create volume ${name}`, this.#docker.createVolume({ Name: name, Labels: marks }));
  }

  async exists(name: string): Promise<boolean> {
    return (await answerIfThere(`inspect volume ${name}`, this.#docker.getVolume(name).inspect())) !== undefined;
  }

  /**
   * Docker would make up an empty volume for one that is gone, and a stage would run on nothing.
   * @throws LdfError `not-found`
   */
  async require(name: string, target: string): Promise<void> {
    if (await this.exists(name)) return;
    throw new LdfError('not-found', `Volume ${name}, to be mounted at ${target}, is gone.`, {
      hint: 'It was removed from Docker; retry the build, and the layer will be made again.',
    });
  }

  /** @throws LdfError `state.conflict` while a container mounts it. */
  async remove(name: string): Promise<void> {
    try {
      await this.#docker.getVolume(name).remove();
    } catch (error) {
      if (httpStatus(error) === 404) return;
      if (httpStatus(error) !== 409) throw dockerError(`remove volume ${name}`, error);
      throw new LdfError('state.conflict', `Volume ${name} is in use: ${engineMessage(error)}`, {
        hint: 'Remove the containers that mount it first.',
        cause: error,
      });
    }
  }

  async owned(): Promise<OwnedVolume[]> {
    const filters = { label: [`${labels.installation}=${this.#installation}`] };
    const { Volumes } = await answerOf('list volumes', this.#docker.listVolumes({ filters }));
    return (Volumes ?? []).flatMap(({ Name, Labels }) => {
      const role = roleOf(Labels);
      return role ? [{ name: Name, role, owner: ownerOf(Labels) }] : [];
    });
  }
}
