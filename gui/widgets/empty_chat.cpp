#include "gui/widgets/empty_chat.h"
#include "gui/theme.h"
#include "gui/widgets/markdown_document.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{
constexpr int kWidth = 560;
constexpr int kIcon = 44;
} // namespace

EmptyChat::EmptyChat(QWidget *parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_title(new QLabel(this))
    , m_summary(new QLabel(this))
    , m_examples(new QWidget(this))
    , m_verbs(new QWidget(this))
{
    setObjectName(QStringLiteral("chat.empty"));
    for (QLabel *label : {m_icon, m_title, m_summary})
        label->setAlignment(Qt::AlignCenter);
    m_summary->setProperty("dim", true);
    m_summary->setWordWrap(true);

    auto *grid = new QGridLayout(m_examples);
    grid->setContentsMargins(0, 14, 0, 0);
    grid->setSpacing(8);
    // Questions that the demonstration model answers, and truthfully, in every language of the window.
    const QStringList examples{tr("Who are you?"), tr("Where do I see how much memory is used?"),
                               tr("Which birds do you know?"), tr("3 + 4 = ?")};
    for (int i = 0; i < examples.size(); ++i) {
        auto *button = new QPushButton(examples[i], m_examples);
        button->setObjectName(QStringLiteral("chat.example.%1").arg(i + 1));
        button->setMinimumHeight(40);
        button->setToolTip(tr("Sends this question"));
        connect(button, &QPushButton::clicked, this,
                [this, text = examples[i]] { Q_EMIT exampleChosen(text); });
        grid->addWidget(button, i / 2, i % 2);
    }
    auto *load = new QPushButton(tr("Load a model…"), m_verbs);
    load->setProperty("primary", true);
    load->setToolTip(tr("Goes to the models to choose one (Ctrl+L)"));
    load->setObjectName(QStringLiteral("chat.empty.load"));
    auto *demo = new QPushButton(tr("Load the demonstration model"), m_verbs);
    demo->setToolTip(tr("Loads the small model that comes with Rookery"));
    demo->setObjectName(QStringLiteral("chat.empty.demo"));
    auto *row = new QHBoxLayout(m_verbs);
    row->setContentsMargins(0, 14, 0, 0);
    row->addStretch(1);
    row->addWidget(load);
    row->addWidget(demo);
    row->addStretch(1);
    connect(load, &QPushButton::clicked, this, &EmptyChat::loadRequested);
    connect(demo, &QPushButton::clicked, this, &EmptyChat::demoRequested);

    auto *column = new QVBoxLayout;
    column->addStretch(2);
    column->addWidget(m_icon);
    column->addSpacing(6);
    column->addWidget(m_title);
    column->addWidget(m_summary);
    column->addWidget(m_verbs);
    column->addWidget(m_examples);
    column->addStretch(3);
    auto *centre = new QWidget(this);
    centre->setMaximumWidth(kWidth);
    centre->setLayout(column);
    auto *outer = new QHBoxLayout(this);
    outer->addStretch(1);
    outer->addWidget(centre, 100);
    outer->addStretch(1);
    restyle();
    showModel({}, {}, {});
}

void EmptyChat::showModel(const QString &model, const QString &preset, const QString &loading)
{
    const bool isLoading = !loading.isEmpty();
    const bool has = !model.isEmpty();
    m_title->setText(has         ? tr("What would you like to talk about?")
                     : isLoading ? tr("A model is being loaded")
                                 : tr("No model is loaded"));
    if (isLoading)
        m_summary->setText(tr("%1 You can write already; it will wait.").arg(loading + QLatin1Char('.')));
    else if (has)
        m_summary->setText(tr("%1 · %2").arg(model, preset));
    else
        m_summary->setText(tr("Load one to chat. You can write already; it will wait."));
    m_verbs->setVisible(!has && !isLoading);
    m_examples->setVisible(has || isLoading);
}

void EmptyChat::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) restyle();
}

void EmptyChat::restyle()
{
    QFont title = scaled(font(), 18.0 / 13.0);
    title.setWeight(QFont::DemiBold);
    if (m_title->font() != title) m_title->setFont(title);
    m_icon->setPixmap(icon(QStringLiteral("rookery")).pixmap(QSize(kIcon, kIcon), devicePixelRatioF()));
}

} // namespace gui
