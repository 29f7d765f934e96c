/** The boundary held against the list of all that AWS can do: what leads out of a grant is denied, and ordinary work is not. */
import { beforeAll, describe, expect, test } from 'vitest';
import { boundaryOpen } from '../../../shared/connectors/aws-iam/boundary.ts';
import { type Action, allActions, matches, names, someResource } from './actions.ts';
import { administrator, decide } from './simulate.ts';

const denies = boundaryOpen.Statement.filter(({ Effect }) => Effect === 'Deny');
const denied = ({ name }: Action) => denies.some((one) => !one.Condition && names(one, name));

async function asked(action: string): Promise<string> {
  const resource = await someResource(action);
  return decide({ action, policies: [administrator], boundary: boundaryOpen, ...(resource && { resource }) });
}

/** Names of actions, by service. */
type Services = Record<string, string>;

const escapes: Record<string, Services> = {
  "taking Curfew's roles away": {
    cloudformation:
      'DeleteStack UpdateStack ExecuteChangeSet CreateChangeSet UpdateTerminationProtection RollbackStack ContinueUpdateRollback CancelUpdateStack SetStackPolicy ExecuteStackRefactor DeleteStackSet DeleteStackInstances UpdateStackInstances UpdateStackSet CreateStackSet ImportStacksToStackSet CreateStack DeleteResource UpdateResource SetTypeConfiguration ActivateType',
    servicecatalog:
      'ProvisionProduct UpdateProvisionedProduct TerminateProvisionedProduct ExecuteProvisionedProductPlan CreateProvisioningArtifact AssociatePrincipalWithPortfolio',
  },
  'being somebody else': {
    iam: 'PassRole',
    sts: 'AssumeRole GetFederationToken',
    'cognito-identity': 'UpdateIdentityPool SetIdentityPoolRoles GetOpenIdTokenForDeveloperIdentity',
    lakeformation: 'GetTemporaryGlueTableCredentials',
    s3: 'GetDataAccess',
    datazone: 'GetEnvironmentCredentials',
    deadline: 'AssumeQueueRoleForUser',
    elasticmapreduce: 'GetClusterSessionCredentials',
    eks: 'CreateAccessEntry AssociateAccessPolicy',
  },
  'a key or a login that stays': {
    appsync: 'CreateApiKey UpdateApiKey UpdateGraphqlApi',
    apigateway: 'POST PUT PATCH',
    'ec2-instance-connect': 'SendSSHPublicKey SendSerialConsoleSSHPublicKey',
    transfer: 'CreateUser ImportSshPublicKey UpdateServer',
    rds: 'ModifyDBInstance ModifyDBCluster',
    redshift: 'GetClusterCredentials GetClusterCredentialsWithIAM ModifyCluster CreateClusterUser',
    'redshift-serverless': 'GetCredentials UpdateNamespace',
    iot: 'CreateKeysAndCertificate CreateCertificateFromCsr RegisterCACertificate RegisterCertificateWithoutCA AttachPolicy AttachPrincipalPolicy CreatePolicyVersion CreateProvisioningClaim OpenTunnel',
    'cognito-idp': 'AdminCreateUser AdminSetUserPassword AdminAddUserToGroup CreateIdentityProvider',
    grafana: 'CreateWorkspaceApiKey CreateWorkspaceServiceAccountToken UpdatePermissions',
    lightsail: 'DownloadDefaultKeyPair GetInstanceAccessDetails CreateBucketAccessKey',
    elasticache: 'ModifyUser ModifyReplicationGroup',
    memorydb: 'UpdateUser',
    quicksight: 'RegisterUser UpdateDashboardPermissions GenerateEmbedUrlForRegisteredUser',
    sagemaker: 'CreatePresignedDomainUrl CreatePresignedNotebookInstanceUrl',
    appstream: 'CreateStreamingURL',
    airflow: 'CreateCliToken CreateWebLoginToken',
    ds: 'ResetUserPassword',
    ssm: 'CreateActivation GetAccessToken',
  },
  'running code with another role': {
    batch: 'SubmitJob',
    ecs: 'RunTask StartTask ExecuteCommand',
    ssm: 'StartSession ResumeSession SendCommand StartAutomationExecution CreateAssociation CreateAssociationBatch UpdateAssociation StartAssociationsOnce RegisterTaskWithMaintenanceWindow UpdateMaintenanceWindowTask UpdateDocument UpdateDocumentDefaultVersion',
    elasticmapreduce: 'AddJobFlowSteps StartNotebookExecution CreateStudioPresignedUrl',
    'emr-containers': 'StartJobRun',
    lambda: 'UpdateFunctionCode UpdateFunctionConfiguration',
    states: 'UpdateStateMachine',
    ec2: 'ModifyInstanceAttribute CreateLaunchTemplateVersion ModifyLaunchTemplate CreateReplaceRootVolumeTask AttachVolume',
    codebuild: 'StartBuild StartBuildBatch RetryBuild StartSandbox UpdateProject CreateWebhook',
    codepipeline: 'StartPipelineExecution PutApprovalResult PutActionRevision UpdatePipeline PollForJobs',
    codedeploy: 'CreateDeployment',
    amplify: 'StartJob UpdateApp CreateWebHook',
    glue: 'StartJobRun RunStatement UpdateJob CreateTrigger UpdateTrigger UpdateDevEndpoint',
    sagemaker: 'CreateApp UpdateNotebookInstanceLifecycleConfig StartPipelineExecution UpdatePipeline',
    datapipeline: 'PutPipelineDefinition',
    apprunner: 'UpdateService',
    elasticbeanstalk: 'UpdateEnvironment',
    appsync: 'UpdateResolver UpdateFunction',
    kinesisanalytics: 'UpdateApplication',
    greengrass: 'CreateDeployment',
    synthetics: 'UpdateCanary',
    'bedrock-agentcore': 'InvokeCodeInterpreter',
    airflow: 'InvokeRestApi',
  },
  'a door for others': {
    s3: 'PutBucketPolicy PutInventoryConfiguration PutAnalyticsConfiguration PutBucketNotification PutReplicationConfiguration PutBucketOwnershipControls PutAccessGrantsInstanceResourcePolicy',
    lambda: 'AddPermission CreateFunctionUrlConfig UpdateFunctionUrlConfig',
    events: 'PutTargets PutPermission',
    kms: 'PutKeyPolicy ReplicateKey',
    ecr: 'PutReplicationConfiguration SetRepositoryPolicy',
    firehose: 'UpdateDestination',
    dms: 'ModifyEndpoint',
    oam: 'CreateLink',
    logs: 'PutSubscriptionFilter PutDestinationPolicy PutAccountPolicy CreateDelivery',
    ram: 'CreateResourceShare UpdateResourceShare AssociateResourceShare',
    kafka: 'PutClusterPolicy',
    aoss: 'UpdateAccessPolicy',
    s3vectors: 'PutVectorBucketPolicy',
    sagemaker: 'PutModelPackageGroupPolicy',
    ec2: 'ModifyImageAttribute ModifySnapshotAttribute',
    es: 'UpdateDomainConfig',
    'vpc-lattice': 'PutAuthPolicy',
    fsx: 'PutResourcePolicy',
    sns: 'Subscribe SetTopicAttributes',
    sqs: 'AddPermission',
  },
};

const ordinary: Services = {
  s3: 'ListBucket GetObject PutObject DeleteObject CreateBucket PutLifecycleConfiguration PutEncryptionConfiguration PutBucketTagging PutBucketVersioning',
  ec2: 'DescribeInstances StartInstances StopInstances RebootInstances TerminateInstances CreateTags CreateSnapshot CreateSecurityGroup AuthorizeSecurityGroupIngress ModifyVolume',
  logs: 'FilterLogEvents StartQuery GetLogEvents PutRetentionPolicy CreateLogGroup',
  cloudformation:
    'DescribeStacks DescribeStackEvents ListStacks GetTemplate DetectStackDrift ValidateTemplate EstimateTemplateCost',
  servicecatalog: 'DescribeProvisionedProduct SearchProducts',
  lambda: 'InvokeFunction GetFunction PutFunctionConcurrency UpdateAlias GetFunctionUrlConfig DeleteFunction',
  dynamodb: 'Query PutItem UpdateItem UpdateTable',
  sqs: 'SendMessage ReceiveMessage PurgeQueue',
  sns: 'Publish',
  kinesis: 'PutRecord',
  events: 'PutEvents PutRule DisableRule',
  ecs: 'UpdateService StopTask DescribeTasks',
  eks: 'DescribeCluster UpdateNodegroupConfig DescribeAccessEntry',
  states: 'StartExecution StopExecution DescribeExecution RedriveExecution',
  batch: 'TerminateJob DescribeJobs',
  codebuild: 'BatchGetBuilds StopBuild',
  codepipeline: 'GetPipelineState StopPipelineExecution ListPipelines',
  glue: 'GetJobRuns BatchStopJobRun GetTable',
  athena: 'StartQueryExecution GetQueryResults',
  ssm: 'GetParameter PutParameter DescribeInstanceInformation ListCommands TerminateSession CancelCommand',
  secretsmanager: 'GetSecretValue PutSecretValue RotateSecret',
  rds: 'DescribeDBInstances StartDBInstance RebootDBInstance CreateDBSnapshot RestoreDBInstanceFromDBSnapshot',
  redshift: 'DescribeClusters PauseCluster',
  'redshift-data': 'ExecuteStatement',
  kms: 'CreateKey',
  cloudwatch: 'GetMetricData PutMetricAlarm DisableAlarmActions',
  autoscaling: 'SetDesiredCapacity UpdateAutoScalingGroup',
  elasticloadbalancing: 'ModifyListener RegisterTargets',
  route53: 'ChangeResourceRecordSets',
  cloudfront: 'CreateInvalidation',
  ecr: 'BatchGetImage PutImage GetAuthorizationToken PutLifecyclePolicy',
  apigateway: 'GET DELETE',
  appsync: 'GraphQL GetGraphqlApi',
  'cognito-idp': 'AdminGetUser ListUsers AdminDisableUser',
  iot: 'Publish RemoveThingFromThingGroup DescribeThing',
  sagemaker: 'InvokeEndpoint UpdateEndpointWeightsAndCapacities StopTrainingJob',
  elasticmapreduce: 'ListClusters TerminateJobFlows',
  sts: 'GetCallerIdentity DecodeAuthorizationMessage',
  iam: 'GetRole ListRoles SimulatePrincipalPolicy',
  ce: 'GetCostAndUsage',
  cloudtrail: 'LookupEvents',
  elasticfilesystem: 'PutBackupPolicy',
};

/** Reads that are denied: what they give is a key, a session or a login. */
const keys = new Set([
  'cognito-identity:GetOpenIdTokenForDeveloperIdentity',
  'connect:GetFederationToken',
  'datazone:GetDomainExecutionRoleCredentials',
  'datazone:GetEnvironmentCredentials',
  'lakeformation:GetTemporaryGluePartitionCredentials',
  'lakeformation:GetTemporaryGlueTableCredentials',
  'quicksight:GetAnonymousUserEmbedUrl',
  'quicksight:GetDashboardEmbedUrl',
  'quicksight:GetSessionEmbedUrl',
  's3:GetDataAccess',
  'sagemaker:CreateHubContentPresignedUrls',
  'ssm:GetAccessToken',
  // No key: it shows what `StartAutomationExecution` would do, and has its prefix.
  'ssm:StartExecutionPreview',
  'sts:GetSessionToken',
]);

function listed(services: Services): string[] {
  return Object.entries(services).flatMap(([service, words]) =>
    words.split(' ').map((name) => `${service}:${name}`),
  );
}

let actions: Action[];
beforeAll(async () => {
  actions = await allActions();
});

describe.each(Object.entries(escapes))('no way leads out by %s', (_, services) => {
  test.each(listed(services))('%s', async (action) => {
    expect(await asked(action)).toBe('ExplicitlyDenied');
  });
});

describe('ordinary work is let through', () => {
  test.each(listed(ordinary))('%s', async (action) => {
    expect(await asked(action)).toBe('Allowed');
  });
});

describe('the patterns', () => {
  test('name each something that AWS has, and nothing twice', () => {
    expect(actions.length).toBeGreaterThan(20_000);
    const patterns = denies.flatMap((one) => [one.Action].flat());
    const idle = patterns.filter((pattern) => !actions.some(({ name }) => matches(pattern, name)));
    expect(idle).toEqual([]);
    expect(patterns).toEqual([...new Set(patterns)]);
  });

  test.each(['iam', 'cloudformation'])('take in every write of %s, and no read', (service) => {
    const wrong = actions.filter(
      (one) => one.name.startsWith(`${service}:`) && denied(one) === one.reads && !keys.has(one.name),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('take in no read elsewhere but those that hand out a key or a session', () => {
    const whole = denies.flatMap((one) => [one.Action].flat()).filter((pattern) => pattern.endsWith(':*'));
    const reads = actions.filter(
      (one) => one.reads && denied(one) && !whole.some((pattern) => matches(pattern, one.name)),
    );
    expect(reads.map(({ name }) => name).filter((name) => !keys.has(name))).toEqual([]);
  });
});
