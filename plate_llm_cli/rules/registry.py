"""Every rule, in the order in which the documentation lists them. A new rule is one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plate_llm_cli.rules.argocd.duplicate_application import DuplicateApplication
from plate_llm_cli.rules.argocd.emptied_application import EmptiedApplication
from plate_llm_cli.rules.argocd.empty_generator import EmptyGenerator
from plate_llm_cli.rules.argocd.forbidden_by_project import ForbiddenByProject
from plate_llm_cli.rules.argocd.foreign_namespace import ForeignNamespace
from plate_llm_cli.rules.argocd.frozen_field import FrozenField
from plate_llm_cli.rules.argocd.ignored_chart import IgnoredChart
from plate_llm_cli.rules.argocd.ignored_values import IgnoredValues
from plate_llm_cli.rules.argocd.invalid_application import InvalidApplication
from plate_llm_cli.rules.argocd.invalid_application_set import InvalidApplicationSet
from plate_llm_cli.rules.argocd.misordered_wave import MisorderedWave
from plate_llm_cli.rules.argocd.missing_path import MissingPath
from plate_llm_cli.rules.argocd.missing_value_file import MissingValueFile
from plate_llm_cli.rules.argocd.mixed_environment import MixedEnvironment
from plate_llm_cli.rules.argocd.moving_production import MovingProduction
from plate_llm_cli.rules.argocd.path_outside_root import PathOutsideRoot
from plate_llm_cli.rules.argocd.remote_source import RemoteSource
from plate_llm_cli.rules.argocd.shared_object import SharedObject
from plate_llm_cli.rules.argocd.uncreated_namespace import UncreatedNamespace
from plate_llm_cli.rules.argocd.unexpanded_application_set import UnexpandedApplicationSet
from plate_llm_cli.rules.argocd.unknown_project import UnknownProject
from plate_llm_cli.rules.argocd.unpruned_application import UnprunedApplication
from plate_llm_cli.rules.argocd.unreadable_values import UnreadableValues
from plate_llm_cli.rules.argocd.unsupported_source import UnsupportedSource
from plate_llm_cli.rules.argocd.unwaited_wave import UnwaitedWave
from plate_llm_cli.rules.cluster.exceeded_quota import ExceededQuota
from plate_llm_cli.rules.cluster.missing_class import MissingClass
from plate_llm_cli.rules.cluster.missing_kind import MissingKind
from plate_llm_cli.rules.cluster.missing_namespace import MissingNamespace
from plate_llm_cli.rules.cluster.missing_object import MissingObject
from plate_llm_cli.rules.cluster.refused_object import RefusedObject
from plate_llm_cli.rules.cluster.server_warning import ServerWarning
from plate_llm_cli.rules.cluster.unchecked_live import UncheckedLive
from plate_llm_cli.rules.cluster.unusable_issuer import UnusableIssuer
from plate_llm_cli.rules.cluster.unusable_pull_secret import UnusablePullSecret
from plate_llm_cli.rules.helm.helm_lint import HelmLint
from plate_llm_cli.rules.helm.missing_dependency import MissingDependency
from plate_llm_cli.rules.helm.render_failed import RenderFailed
from plate_llm_cli.rules.helm.render_note import RenderNote
from plate_llm_cli.rules.ingress.buffered_stream import BufferedStream
from plate_llm_cli.rules.ingress.conflicting_route import ConflictingRoute
from plate_llm_cli.rules.ingress.contradictory_redirect import ContradictoryRedirect
from plate_llm_cli.rules.ingress.exposed_metrics import ExposedMetrics
from plate_llm_cli.rules.ingress.ignored_annotation import IgnoredAnnotation
from plate_llm_cli.rules.ingress.invalid_acme_issuer import InvalidAcmeIssuer
from plate_llm_cli.rules.ingress.invalid_annotation import InvalidAnnotation
from plate_llm_cli.rules.ingress.missing_issuer import MissingIssuer
from plate_llm_cli.rules.ingress.refused_path import RefusedPath
from plate_llm_cli.rules.ingress.two_issuers import TwoIssuers
from plate_llm_cli.rules.ingress.uncovered_host import UncoveredHost
from plate_llm_cli.rules.ingress.unissuable_certificate import UnissuableCertificate
from plate_llm_cli.rules.ingress.unissued_certificate import UnissuedCertificate
from plate_llm_cli.rules.ingress.unmatched_rewrite import UnmatchedRewrite
from plate_llm_cli.rules.ingress.unrouted_tls_host import UnroutedTlsHost
from plate_llm_cli.rules.kubernetes.contradictory_fields import ContradictoryFields
from plate_llm_cli.rules.kubernetes.deprecated_api import DeprecatedApi
from plate_llm_cli.rules.kubernetes.duplicate_manifest_key import DuplicateManifestKey
from plate_llm_cli.rules.kubernetes.duplicate_object import DuplicateObject
from plate_llm_cli.rules.kubernetes.invalid_manifest import InvalidManifest
from plate_llm_cli.rules.kubernetes.shadowed_item import ShadowedItem
from plate_llm_cli.rules.kubernetes.unavailable_api import UnavailableApi
from plate_llm_cli.rules.kubernetes.unchecked_kind import UncheckedKind
from plate_llm_cli.rules.network.missing_backend import MissingBackend
from plate_llm_cli.rules.network.unselected_service import UnselectedService
from plate_llm_cli.rules.network.unserved_target_port import UnservedTargetPort
from plate_llm_cli.rules.secrets.absent_secret import AbsentSecret
from plate_llm_cli.rules.secrets.invalid_secrets_spec import InvalidSecretsSpec
from plate_llm_cli.rules.secrets.missing_projected_key import MissingProjectedKey
from plate_llm_cli.rules.secrets.missing_secret_key import MissingSecretKey
from plate_llm_cli.rules.secrets.missing_secret_store import MissingSecretStore
from plate_llm_cli.rules.secrets.placeholder_value import PlaceholderValue
from plate_llm_cli.rules.secrets.plaintext_credential import PlaintextCredential
from plate_llm_cli.rules.secrets.unknown_secret import UnknownSecret
from plate_llm_cli.rules.secrets.unknown_spec_environment import UnknownSpecEnvironment
from plate_llm_cli.rules.secrets.unprovided_secret import UnprovidedSecret
from plate_llm_cli.rules.secrets.unread_secret import UnreadSecret
from plate_llm_cli.rules.secrets.unshared_path import UnsharedPath
from plate_llm_cli.rules.secrets.unspecified_secret import UnspecifiedSecret
from plate_llm_cli.rules.secrets.unsynced_secret import UnsyncedSecret
from plate_llm_cli.rules.secrets.unusable_secret import UnusableSecret
from plate_llm_cli.rules.secrets.unusable_secret_data import UnusableSecretData
from plate_llm_cli.rules.source.duplicate_key import DuplicateKey
from plate_llm_cli.rules.source.internal_error import InternalError
from plate_llm_cli.rules.source.invalid_yaml import InvalidYaml
from plate_llm_cli.rules.source.unused_external import UnusedExternal
from plate_llm_cli.rules.source.unused_ignore import UnusedIgnore
from plate_llm_cli.rules.values.dead_value import DeadValue
from plate_llm_cli.rules.values.enabled_but_absent import EnabledButAbsent
from plate_llm_cli.rules.values.environment_parity import EnvironmentParity
from plate_llm_cli.rules.values.gated_value import GatedValue
from plate_llm_cli.rules.values.invalid_value import InvalidValue
from plate_llm_cli.rules.values.misread_scalar import MisreadScalar
from plate_llm_cli.rules.values.possibly_dead_value import PossiblyDeadValue
from plate_llm_cli.rules.values.redundant_override import RedundantOverride
from plate_llm_cli.rules.values.shadowing_parameter import ShadowingParameter
from plate_llm_cli.rules.values.unknown_value import UnknownValue
from plate_llm_cli.rules.values.values_schema import ValuesSchema
from plate_llm_cli.rules.workloads.blocking_disruption_budget import BlockingDisruptionBudget
from plate_llm_cli.rules.workloads.dangling_binding import DanglingBinding
from plate_llm_cli.rules.workloads.fighting_replicas import FightingReplicas
from plate_llm_cli.rules.workloads.impossible_scaling import ImpossibleScaling
from plate_llm_cli.rules.workloads.misdirected_probe import MisdirectedProbe
from plate_llm_cli.rules.workloads.misordered_variable import MisorderedVariable
from plate_llm_cli.rules.workloads.missing_config_key import MissingConfigKey
from plate_llm_cli.rules.workloads.missing_config_map import MissingConfigMap
from plate_llm_cli.rules.workloads.missing_probe import MissingProbe
from plate_llm_cli.rules.workloads.missing_resources import MissingResources
from plate_llm_cli.rules.workloads.missing_service_account import MissingServiceAccount
from plate_llm_cli.rules.workloads.missing_variable import MissingVariable
from plate_llm_cli.rules.workloads.missing_volume import MissingVolume
from plate_llm_cli.rules.workloads.missing_volume_claim import MissingVolumeClaim
from plate_llm_cli.rules.workloads.mounted_token import MountedToken
from plate_llm_cli.rules.workloads.mutable_image import MutableImage
from plate_llm_cli.rules.workloads.port_variable_mismatch import PortVariableMismatch
from plate_llm_cli.rules.workloads.privileged_pod import PrivilegedPod
from plate_llm_cli.rules.workloads.refused_pod import RefusedPod
from plate_llm_cli.rules.workloads.unmatched_selector import UnmatchedSelector
from plate_llm_cli.rules.workloads.unmeasured_autoscaler import UnmeasuredAutoscaler
from plate_llm_cli.rules.workloads.unread_variable import UnreadVariable
from plate_llm_cli.rules.workloads.unselected_budget import UnselectedBudget
from plate_llm_cli.rules.workloads.untargeted_autoscaler import UntargetedAutoscaler
from plate_llm_cli.rules.workloads.weak_pod_security import WeakPodSecurity

if TYPE_CHECKING:
    from plate_llm_cli.rules.base import Rule

RULES: tuple[Rule, ...] = (
    InvalidYaml(),
    DuplicateKey(),
    UnusedIgnore(),
    UnusedExternal(),
    InternalError(),
    UnknownValue(),
    InvalidValue(),
    ValuesSchema(),
    MisreadScalar(),
    DeadValue(),
    GatedValue(),
    PossiblyDeadValue(),
    EnabledButAbsent(),
    ShadowingParameter(),
    RedundantOverride(),
    EnvironmentParity(),
    RenderFailed(),
    RenderNote(),
    MissingDependency(),
    HelmLint(),
    InvalidManifest(),
    ContradictoryFields(),
    ShadowedItem(),
    DuplicateManifestKey(),
    DuplicateObject(),
    UnavailableApi(),
    DeprecatedApi(),
    UncheckedKind(),
    UnmatchedSelector(),
    UnselectedService(),
    UnservedTargetPort(),
    MissingBackend(),
    ConflictingRoute(),
    UncoveredHost(),
    UnroutedTlsHost(),
    IgnoredAnnotation(),
    InvalidAnnotation(),
    RefusedPath(),
    UnmatchedRewrite(),
    ContradictoryRedirect(),
    BufferedStream(),
    ExposedMetrics(),
    UnissuedCertificate(),
    TwoIssuers(),
    MissingIssuer(),
    InvalidAcmeIssuer(),
    UnissuableCertificate(),
    MutableImage(),
    MissingResources(),
    MissingProbe(),
    RefusedPod(),
    PrivilegedPod(),
    WeakPodSecurity(),
    MountedToken(),
    ImpossibleScaling(),
    UntargetedAutoscaler(),
    UnmeasuredAutoscaler(),
    FightingReplicas(),
    BlockingDisruptionBudget(),
    UnselectedBudget(),
    MisdirectedProbe(),
    PortVariableMismatch(),
    MisorderedVariable(),
    MissingVariable(),
    UnreadVariable(),
    MissingVolume(),
    MissingConfigMap(),
    MissingConfigKey(),
    MissingVolumeClaim(),
    MissingServiceAccount(),
    DanglingBinding(),
    PlaintextCredential(),
    PlaceholderValue(),
    UnusableSecretData(),
    InvalidSecretsSpec(),
    UnknownSpecEnvironment(),
    UnspecifiedSecret(),
    UnsharedPath(),
    UnprovidedSecret(),
    MissingSecretStore(),
    MissingSecretKey(),
    UnreadSecret(),
    AbsentSecret(),
    UnusableSecret(),
    UnknownSecret(),
    UnsyncedSecret(),
    MissingProjectedKey(),
    InvalidApplication(),
    MissingPath(),
    MissingValueFile(),
    PathOutsideRoot(),
    UnreadableValues(),
    IgnoredChart(),
    IgnoredValues(),
    DuplicateApplication(),
    UnknownProject(),
    ForbiddenByProject(),
    SharedObject(),
    UncreatedNamespace(),
    ForeignNamespace(),
    MisorderedWave(),
    UnwaitedWave(),
    FrozenField(),
    EmptiedApplication(),
    UnprunedApplication(),
    MixedEnvironment(),
    MovingProduction(),
    RemoteSource(),
    UnsupportedSource(),
    InvalidApplicationSet(),
    EmptyGenerator(),
    UnexpandedApplicationSet(),
    RefusedObject(),
    ServerWarning(),
    MissingKind(),
    MissingNamespace(),
    UnusableIssuer(),
    MissingClass(),
    MissingObject(),
    UnusablePullSecret(),
    ExceededQuota(),
    UncheckedLive(),
)
